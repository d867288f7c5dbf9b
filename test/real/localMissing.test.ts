import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { endpointKind } from '../../src/endpoints/endpointKinds';
import { captureRequest } from '../support/localCapture';
import { removeFolder } from '../support/removeFolder';

const folder = mkdtempSync(join(tmpdir(), 'emberline-real-'));
afterAll(() => removeFolder(folder));

describe.each([
  { kind: endpointKind('py-spy'), tool: 'py-spy', how: /install it with "pip install py-spy"/ },
  { kind: endpointKind('austin'), tool: 'austin', how: /install it with "pip install austin-dist"/ },
  { kind: endpointKind('jfr'), tool: 'jcmd', how: /install a JDK of version 11 or newer/ },
  { kind: endpointKind('asprof'), tool: 'asprof', how: /unpack a release of async-profiler \(https:/ },
  {
    kind: endpointKind('perf'),
    tool: 'perf',
    how: /"sudo apt install linux-perf" \(Debian\), "linux-tools-generic" \(Ubuntu\)/,
  },
] as const)('$kind.title', ({ kind, tool, how }) => {
  it('says of a pid that has vanished that it has', async () => {
    const path = join(folder, tool);
    writeFileSync(path, '#!/bin/sh\nexit 1\n');
    chmodSync(path, 0o755);
    const request = captureRequest({ kind: kind.name, pid: 4_194_303 }, { tools: { [tool]: path } });
    await expect(kind.capture(request)).rejects.toThrow('No process 4194303 runs on this machine (any more)');
  });

  it('says how its tool is installed, and which setting names it', async () => {
    // jcmd is looked for in JAVA_HOME as well.
    const { PATH, JAVA_HOME } = process.env;
    process.env['PATH'] = join(folder, 'nothing');
    delete process.env['JAVA_HOME'];
    try {
      const failed = kind.capture(captureRequest({ kind: kind.name, pid: process.pid })).catch((error) => error);
      const { message } = await failed;
      expect(message).toMatch(how);
      expect(message).toContain(`set emberline.tools.${tool} to where it is`);
      expect(message).toMatch(new RegExp(`^${tool} was not found on PATH`));
    } finally {
      process.env['PATH'] = PATH;
      if (JAVA_HOME !== undefined) process.env['JAVA_HOME'] = JAVA_HOME;
    }
  });
});
