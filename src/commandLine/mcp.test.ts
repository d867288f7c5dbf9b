import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { callersTool, diffTool, hotLinesTool, profileTargetTool } from '../agents/toolDefinitions';
import type { DiffResult } from '../engine/compareApi';
import type { TopResult } from '../engine/topApi';

/** `emberline mcp` as a process, asked by the protocol's own client. */

const folder = mkdtempSync(join(tmpdir(), 'emberline-mcp-test-'));
const cli = join(folder, 'cli.js');
const fixture = 'test/fixtures/node.cpuprofile';
const [before, after] = ['test/fixtures/diff/before.pb.gz', 'test/fixtures/diff/after.pb.gz'];

beforeAll(() => {
  const common = { bundle: true, platform: 'node', define: { EMBERLINE_VERSION: '"0.0.0"' } } as const;
  buildSync({ ...common, entryPoints: ['src/cli.ts'], outfile: cli });
  buildSync({ ...common, entryPoints: ['src/commandLine/mcpServer.ts'], outfile: join(folder, 'mcp.js') });
  buildSync({ ...common, entryPoints: ['src/engine/engineWorker.ts'], outfile: join(folder, 'engineWorker.js') });
  writeFileSync(join(folder, 'a.py'), 'import x\n\n  hot(1)\n');
  writeFileSync(join(folder, 'a.folded'), 'main;hot (/srv/old/a.py:3) 3\nmain;hot (../../etc/passwd:1) 1\n');
  writeFileSync(
    join(folder, 'busy.js'),
    'const end = Date.now() + 1500; function spin() { while (Date.now() < end); } spin();',
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const clients: Client[] = [];
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
});

async function connect(...args: string[]): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: [cli, 'mcp', ...args] }));
  clients.push(client);
  return client;
}

async function call(client: Client, name: string, input: Record<string, unknown>) {
  const { content, isError } = await client.callTool({ name, arguments: input });
  const [{ text }] = content as [{ text: string }];
  return { text, isError: isError === true };
}

function printed<T>(...args: string[]): T {
  const { stdout, status } = spawnSync(process.execPath, [cli, ...args, '--json'], { encoding: 'utf8' });
  expect(status).toBe(0);
  return JSON.parse(stdout) as T;
}

const withoutSource = ({ source: _, ...row }: Record<string, unknown>) => row;

describe('emberline mcp', () => {
  test('lists the tools with their schemas', async () => {
    const client = await connect();
    const { tools } = await client.listTools();
    const known = [hotLinesTool, diffTool, callersTool, profileTargetTool];
    expect(tools.map(({ name }) => name)).toEqual(known.map(({ name }) => name));
    for (const [i, tool] of tools.entries()) {
      expect(tool.inputSchema.properties).toEqual(known[i]!.inputSchema.properties);
      expect(tool.annotations?.readOnlyHint).toBe(known[i]!.readOnly);
    }
    expect(client.getServerVersion()).toMatchObject({ name: 'emberline', version: '0.0.0' });
  });

  test.each(['line', 'function', 'file'])('hot lines are those of `top --by %s`', async (by) => {
    const client = await connect(fixture);
    const { text } = await call(client, 'emberline_hot_lines', { by, limit: 10, format: 'json' });
    const top = printed<TopResult>('top', fixture, '--by', by, '--limit', '10');
    const answer = JSON.parse(text);
    expect(answer.profile).toEqual(top.profile);
    expect(answer.rows.map(withoutSource)).toEqual(top.rows);
    const told = await call(client, 'emberline_hot_lines', { by, profile: fixture, limit: 3 });
    expect(told.text).toMatch(/^1\. self \d+\.\d% \(/m);
  });

  test('diff is that of `diff`', async () => {
    const client = await connect(after, '--base', before);
    const { text } = await call(client, 'emberline_diff', { limit: 5, format: 'json' });
    const diff = printed<DiffResult>('diff', before, after, '--limit', '5');
    const answer = JSON.parse(text);
    expect([answer.base, answer.new, answer.rows]).toEqual([diff.base, diff.new, diff.rows]);
    const turned = await call(client, 'emberline_diff', { base: after, new: before, limit: 1, format: 'json' });
    expect(JSON.parse(turned.text).rows[0].deltaSelf).toBeCloseTo(-diff.rows[0]!.deltaSelf, 9);
  });

  test('callers and callees have the values of `top`', async () => {
    const client = await connect(fixture);
    const top = printed<TopResult>('top', fixture, '--sort', 'total', '--limit', '0');
    const called = top.rows.find(({ self, total, file }) => file !== null && self > 0 && total > self)!;
    const { text } = await call(client, 'emberline_callers', {
      function: called.name,
      path: called.file!,
      format: 'json',
    });
    const answer = JSON.parse(text);
    expect(answer.found[0]).toMatchObject({ name: called.name, self: called.self, total: called.total });
    const sum = answer.rows
      .filter((row: { side: string }) => row.side === 'callee')
      .reduce((all: number, { value }: { value: number }) => all + value, 0);
    expect(sum + called.self).toBeCloseTo(called.total, 6);
  });

  test('quotes lines of files below its roots, and of no others', async () => {
    const client = await connect(join(folder, 'a.folded'), '--root', folder);
    const { text } = await call(client, 'emberline_hot_lines', {});
    expect(text).not.toMatch(/root:/);
    const other = await connect(join(folder, 'a.folded'));
    expect((await call(other, 'emberline_hot_lines', {})).text).not.toContain('hot(1)');
    writeFileSync(join(folder, 'b.folded'), `main;hot (${join(folder, 'a.py')}:3) 3\n`);
    const own = await call(client, 'emberline_hot_lines', { profile: join(folder, 'b.folded') });
    expect(own.text).toContain('| hot(1)');
  });

  test('says which files were written after the recording, and quotes nothing of them', async () => {
    const own = join(folder, 'edited');
    mkdirSync(own);
    writeFileSync(join(own, 'm.py'), 'import x\n\n  hot(1)\n');
    writeFileSync(join(own, 'same.py'), 'same()\n');
    const profile = join(own, 'c.folded');
    writeFileSync(
      profile,
      `main;hot (${join(own, 'm.py')}:3) 3\nmain;hot (${join(own, 'm.py')}:9) 1\nsame (${own}/same.py:1) 1\n`,
    );
    const at = Date.now() / 1000;
    for (const file of ['m.py', 'same.py']) utimesSync(join(own, file), at - 100, at - 100);
    utimesSync(profile, at - 50, at - 50);
    const client = await connect(profile, '--root', own);
    const before = await call(client, 'emberline_hot_lines', {});
    expect(before.text).toContain('| hot(1)');
    expect(before.text).not.toContain('written after');

    // Edited while the server runs.
    writeFileSync(join(own, 'm.py'), '# one\n# two\nimport x\n\n  hot(1)\n');
    const after = await call(client, 'emberline_hot_lines', {});
    expect(after.text).toContain('Note: m.py was written after the recording: its lines may have moved');
    expect(after.text).not.toMatch(/\| (import x|hot)/);
    expect(after.text).toContain('| same()');
    const line = await call(client, 'emberline_callers', { path: 'm.py', line: 9 });
    expect(line.text).toContain('m.py was written after the recording: its lines may have moved.');
    expect((await call(client, 'emberline_hot_lines', { by: 'file' })).text).not.toContain('written after');
  });

  test('a profile that says when it was recorded is believed, whenever its file was written', async () => {
    const root = join(folder, 'go');
    mkdirSync(root);
    const profile = join(root, 'cpu.pb.gz');
    copyFileSync('test/fixtures/pprof/cpu.pb.gz', profile);
    const { rows } = printed<TopResult>('top', profile, '--by', 'line', '--limit', '0');
    const { file, line } = rows.find(({ file, self }) => file?.includes('/') === true && self > 0)!;
    const source = join(root, ...file!.split('/').slice(-2));
    mkdirSync(dirname(source));
    writeFileSync(source, 'text\n'.repeat(line!));
    const client = await connect(profile, '--root', root);
    const asked = { path: file!, limit: 100 };
    const recorded = 1_795_238_421;
    utimesSync(source, recorded - 60, recorded - 60);
    expect((await call(client, 'emberline_hot_lines', asked)).text).not.toContain('written after');
    utimesSync(source, recorded + 60, recorded + 60);
    expect((await call(client, 'emberline_hot_lines', asked)).text).toContain('was written after the recording');
  });

  test('says what is wrong as an error of the tool', async () => {
    const client = await connect();
    for (const [name, input, message] of [
      ['emberline_hot_lines', {}, /Name a profile/],
      ['emberline_hot_lines', { profile: join(folder, 'none.pprof') }, /was not found/],
      ['emberline_hot_lines', { profile: cli }, /./],
      ['emberline_hot_lines', { profile: join(folder, 'a.py') }, /^(?!.*import).*begins with “…”, no profile/],
      ['emberline_hot_lines', { profile: fixture, by: 'byte' }, /must be one of/],
      ['emberline_diff', { new: fixture }, /There is no baseline/],
      ['emberline_profile_target', { pid: process.pid }, /emberline mcp --allow-capture/],
      ['emberline_nothing', {}, /There is no tool/],
    ] as const) {
      const answer = await call(client, name, input);
      expect(answer).toEqual({ isError: true, text: expect.stringMatching(message) });
    }
  });

  test('profiles a command where that is allowed, with progress, and can be asked about it', async () => {
    const client = await connect('--allow-capture');
    const told: string[] = [];
    const command = [process.execPath, join(folder, 'busy.js')];
    const { content } = await client.callTool(
      { name: 'emberline_profile_target', arguments: { command, seconds: 20 } },
      undefined,
      { onprogress: ({ message }) => told.push(message ?? '') },
    );
    const [{ text }] = content as [{ text: string }];
    expect(text).toMatch(/Profiled the command .*busy\.js/);
    expect(text).toMatch(/1\. self \d\d.*busy\.js:1/);
    expect(told.length).toBeGreaterThan(0);
    const again = await call(client, 'emberline_callers', { path: join(folder, 'busy.js'), line: 1 });
    expect(again.text).toContain('Called by');
  });

  test('a cancelled call ends what it started', async () => {
    const client = await connect('--allow-capture');
    const cancel = new AbortController();
    const marker = `emberline-cancelled-${process.pid}`;
    const command = [process.execPath, '-e', `setInterval(() => {}, 100) /* ${marker} */`];
    const call = client.callTool(
      { name: 'emberline_profile_target', arguments: { command, seconds: 100 } },
      undefined,
      {
        signal: cancel.signal,
        onprogress: () => cancel.abort(),
      },
    );
    await expect(call).rejects.toThrow();
    const isRunning = (): boolean => spawnSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).stdout.includes(marker);
    await expect.poll(isRunning, { timeout: 20_000 }).toBe(false);
  }, 40_000);
});
