import { expect, test } from 'vitest';
import { worthPrinting } from './hostOutput.mjs';

const bundle = 'file:///cache/code-server-1/lib/vscode/out/vs/workbench/api/node/extensionHostProcess.js:32:112623';

test("frames of VS Code's bundle and of Node are left out, those of tests and of Emberline stay", () => {
  const message = [
    'Assertion failed: Error: Assertion failed',
    `\tat Xn (${bundle})`,
    `\tat async cR.$invokeTool (${bundle})`,
    '\tat process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
    '\tat Context.<anonymous> (dist-test/vscode/chartSync.test.js:405:5)',
    '    at runTool (/emberline/dist/parts/agentToolRuns.js:5:13559)',
  ];
  expect(worthPrinting(message.join('\n'))).toBe([message[0], message[4], message[5]].join('\n'));
});

test('complaints about a missing network are not printed', () => {
  expect(worthPrinting('[reconnection-grace-time] Client received grace time')).toBeNull();
  expect(worthPrinting('getaddrinfo ENOTFOUND main.vscode-cdn.net\n  at x')).toBeNull();
});

test('a line without a stack stays as it is', () => {
  expect(worthPrinting('    ✓ is installed (36 ms)')).toBe('    ✓ is installed (36 ms)');
});
