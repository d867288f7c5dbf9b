import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { useCommandLine } from '../../test/support/commandLine';

const { file, runAsync, topOf } = useCommandLine();

test('captures from what answers where the address tells no kind', async () => {
  const index = '<a href="goroutine?debug=1">goroutine</a><a href="heap?debug=1">heap</a>';
  const sampled: string[] = [];
  const stacks = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (pathname !== '/debug/pprof/') sampled.push(pathname);
    response.end(pathname === '/debug/pprof/' ? index : readFileSync(file('a.folded')));
  });
  try {
    await new Promise<void>((resolve) => stacks.listen(0, '127.0.0.1', resolve));
    const target = `127.0.0.1:${(stacks.address() as AddressInfo).port}`;
    const output = file('probed.emberline');
    expect(await runAsync(['capture', target, '--seconds', '1', '-o', output])).toMatchObject({ code: 0, err: '' });
    expect(sampled).toContain('/debug/pprof/profile');
    // One instance in a capture set of its own, and an ending that nothing is known by.
    expect(topOf(output, '--limit', '1').rows).toHaveLength(1);
    const strange = ['capture', target, '--seconds', '1', '-o', file('probed.strange')];
    const kept = await runAsync(strange);
    expect(kept).toMatchObject({ code: 0, out: `${file('probed.strange.pb.gz')}\n` });
    expect(kept.err).toContain('names no format that can be written');
    const asked = sampled.length;
    const nowhere = await runAsync([...strange.slice(0, -1), file('no/folder.pb.gz')]);
    expect(nowhere.err).toMatch(/^emberline: .*cannot be written: ENOENT/);
    expect(sampled).toHaveLength(asked);
  } finally {
    stacks.closeAllConnections();
    stacks.close();
  }
});

test('a command is sampled, and its exit code becomes the one of the capture', async () => {
  const script = file('failing.cjs');
  writeFileSync(
    script,
    'const end = Date.now() + 200; while (Date.now() < end) {} process.exit(Number(process.argv[2]));',
  );
  const output = file('command.cpuprofile');
  for (const code of [7, 0]) {
    const err = code === 0 ? '' : 'emberline: note: The command ended with exit code 7.\n';
    const args = ['capture', '-o', output, '--', process.execPath, script, String(code)];
    expect(await runAsync(args)).toEqual({ code, err, out: `${output}\n` });
  }
  expect(topOf(output, '--type', 'samples').profile.total).toBeGreaterThan(5);
});
