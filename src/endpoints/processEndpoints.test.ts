import { expect, it } from 'vitest';
import type { LocalProcess } from './localProcesses';
import { groupProcesses } from './processEndpoints';

const base: LocalProcess = {
  pid: 1,
  parentPid: null,
  name: 'x',
  commandLine: '',
  language: 'unknown',
  inspector: null,
  own: true,
};

it('groups processes by language, each with its sampler, and names their inspectors', () => {
  const found = groupProcesses([
    { ...base, pid: 10, name: 'python3', language: 'python', commandLine: '/usr/bin/python3 app.py --port 80' },
    { ...base, pid: 11, name: 'java', language: 'java', commandLine: 'java -jar x.jar' },
    { ...base, pid: 12, name: 'node', language: 'node', inspector: '127.0.0.1:9400' },
    { ...base, pid: 13, name: 'python3', language: 'python', own: false },
    { ...base, pid: 14, name: 'bash', language: 'native' },
  ]);
  expect(found).toEqual({
    groups: [
      {
        title: 'Python',
        endpoints: [{ spec: { name: 'python3 10', kind: 'py-spy', pid: 10 }, description: 'app.py --port 80' }],
      },
      { title: 'Java', endpoints: [{ spec: { name: 'java 11', kind: 'jfr', pid: 11 }, description: '-jar x.jar' }] },
    ],
    inspectors: ['127.0.0.1:9400'],
  });
});
