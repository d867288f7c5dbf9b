import { describe, expect, it } from 'vitest';
import { parseRecordedPath } from '../recordedPath';
import { insideContainer } from './containerRoot';
import { jvmFileNames } from './jvmNames';
import { lastRules, pathRules } from './rules';

/** What every rule guesses of a record: `rule|root|path`. */
function guesses(recorded: string, platform?: NodeJS.Platform): string[] {
  const path = parseRecordedPath(recorded, platform)!;
  return [...pathRules, ...lastRules].flatMap((rule) =>
    rule.guess(path).map((guess) => `${rule.title}|${guess.root}|${guess.path}`),
  );
}

describe('the rules', () => {
  it('say nothing of plain absolute paths', () => {
    for (const path of ['/srv/app/src/a.ts', '/srv/app/main.go', '/srv/app/go/src.py', '/srv/src/library/a.rs']) {
      expect(guesses(path), path).toEqual([]);
    }
  });

  it('name what each tool records', () => {
    expect(guesses('runtime/proc.go')).toEqual([
      'Go module of the workspace|goModule|runtime/proc.go',
      'Go standard library|goRoot|src/runtime/proc.go',
    ]);
    expect(guesses('golang.org/toolchain@v0.0.1-go1.22.1.linux-amd64/src/net/http/server.go')).toContain(
      'Go standard library|goRoot|src/net/http/server.go',
    );
    expect(guesses('/root/go/pkg/mod/golang.org/x/net@v0.20.0/http2/server.go')).toEqual([
      'Go module of the workspace|goModule|golang.org/x/net/http2/server.go',
      'Go module cache|goModuleCache|golang.org/x/net@v0.20.0/http2/server.go',
      'Go module cache|workspace|vendor/golang.org/x/net/http2/server.go',
    ]);
    expect(guesses('/venv/lib/python3.12/site-packages/yaml/loader.py')).toEqual([
      'Python package|sitePackages|yaml/loader.py',
    ]);
    expect(guesses('/usr/lib/python3.12/json/decoder.py')).toEqual([
      'Python standard library|pythonLibrary|json/decoder.py',
    ]);
    expect(guesses(`/rustc/${'0a'.repeat(20)}/library/core/src/num/mod.rs`)).toEqual([
      'Rust standard library|rustLibrary|library/core/src/num/mod.rs',
    ]);
    expect(guesses('/root/.cargo/registry/src/any-0a1b/serde-1.0.2/src/lib.rs')).toEqual([
      'Cargo crate|cargoCrates|serde-1.0.2/src/lib.rs',
    ]);
    expect(guesses('external/zlib+/inflate.c')[0]).toBe('Bazel execution root|bazelOutput|external/zlib+/inflate.c');
    expect(guesses('bazel-out/k8-fastbuild/bin/lib/a.pb.cc')).toEqual([
      'Bazel execution root|workspace|bazel-out/k8-fastbuild/bin/lib/a.pb.cc',
      'Bazel execution root|workspace|lib/a.pb.cc',
    ]);
    expect(guesses('webpack:///./~/lodash/map.js')[0]).toContain('workspace|node_modules/lodash/map.js');
    expect(guesses('/c/work/a.ts', 'win32')).toEqual(['Windows drive|disk|c:\\work\\a.ts']);
  });

  it('never lead out of their roots', () => {
    for (const text of ['../../etc/passwd.go', 'webpack:///../../../etc/passwd', 'x@v1.0.0/../../../etc/passwd.go']) {
      for (const guess of guesses(text)) {
        expect(guess).not.toContain('..');
      }
    }
  });
});

describe('insideContainer', () => {
  const inside = (text: string): string | null | undefined => insideContainer(parseRecordedPath(text)!)?.absolute;

  it('sees what the program saw', () => {
    for (const root of [
      '/var/lib/docker/overlay2/0a1b/merged',
      '/var/lib/docker/overlay2/0a1b/diff',
      '/home/me/.local/share/containers/storage/overlay/0a1b/merged',
      '/run/containerd/io.containerd.runtime.v2.task/k8s.io/0a1b/rootfs',
      '/var/lib/containerd/io.containerd.snapshotter.v1.overlayfs/snapshots/12/fs',
      '/proc/4711/root',
    ]) {
      expect(inside(`${root}/app/a.py`), root).toBe('/app/a.py');
    }
    expect(inside('/app/overlay/a.py')).toBeUndefined();
  });
});

describe('jvmFileNames', () => {
  it('has the names of the other languages', () => {
    expect(jvmFileNames('UtilKt.java')).toContain('Util.kt');
    expect(jvmFileNames('Bar.java')).toContain('Bar.scala');
    expect(jvmFileNames('a.ts')).toEqual(['a.ts']);
  });
});
