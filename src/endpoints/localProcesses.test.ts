import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, it } from 'vitest';
import {
  describeProcessOf,
  inspectorOf,
  isGoProgram,
  languageOfName,
  listeningPorts,
  listLocalProcesses,
  parsePs,
} from './localProcesses';

it('lists the processes of this machine, by language', async () => {
  const child = spawn(process.execPath, ['--inspect=0', '-e', 'console.log(1); process.stdin.resume()'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  try {
    await once(child.stdout, 'data');
    const found = (await listLocalProcesses()).find(({ pid }) => pid === child.pid);
    expect(found).toMatchObject({ parentPid: process.pid, language: 'node', own: true, inspector: null });
    expect(found?.commandLine).toContain('process.stdin.resume()');
  } finally {
    child.kill();
  }
});

it('describes none that has gone', async () => {
  expect(await describeProcessOf(4_194_303)).toBeNull();
});

it.skipIf(process.platform !== 'linux')('knows where a process listens', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const { port } = server.address() as { port: number };
    expect(await listeningPorts(process.pid)).toContain(port);
  } finally {
    server.close();
  }
});

it.each([
  ['node', 'node'],
  ['node.exe', 'node'],
  ['python3.12', 'python'],
  ['pypy3', 'python'],
  ['pythonw.exe', 'python'],
  ['java', 'java'],
  ['javac', 'unknown'],
  ['nodemon', 'unknown'],
])('takes %s for %s', (name, language) => {
  expect(languageOfName(name)).toBe(language);
});

it.each([
  [['--inspect'], '127.0.0.1:9229'],
  [['--inspect-brk=9300', 'a.js'], '127.0.0.1:9300'],
  [['--inspect=0.0.0.0:9300'], '127.0.0.1:9300'],
  [['--inspect=host:9300'], 'host:9300'],
  [['--inspect=0'], null],
  [['a.js'], null],
] as const)('finds the inspector of %j at %s', (args, address) => {
  expect(inspectorOf(args)).toBe(address);
});

it('reads the answer of ps', () => {
  expect(
    parsePs('    1     0     0 /sbin/launchd\n  512     1   501 /usr/local/bin/node --inspect server.js\n\n', 501),
  ).toEqual([
    {
      pid: 1,
      parentPid: null,
      name: 'launchd',
      commandLine: '/sbin/launchd',
      language: 'unknown',
      inspector: null,
      own: false,
    },
    {
      pid: 512,
      parentPid: 1,
      name: 'node',
      commandLine: '/usr/local/bin/node --inspect server.js',
      language: 'node',
      inspector: '127.0.0.1:9229',
      own: true,
    },
  ]);
});

it('tells that Node is not written in Go', async () => {
  expect(await isGoProgram(process.execPath)).toBe(false);
  expect(await isGoProgram('/nowhere')).toBe(false);
});
