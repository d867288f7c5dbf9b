import { afterEach, expect, test, vi } from 'vitest';
import type * as vscode from 'vscode';
import { type AgentToolServices, invokeTool, prepareTool } from './agentToolRuns';

const window = vi.hoisted(() => ({ isTrusted: true }));

vi.mock('vscode', () => ({
  workspace: {
    get isTrusted() {
      return window.isTrusted;
    },
    workspaceFolders: undefined,
    getWorkspaceFolder: (uri: { fsPath: string }) => (uri.fsPath.startsWith('/ws/') ? {} : undefined),
    asRelativePath: (uri: { fsPath: string }) => uri.fsPath,
    fs: { stat: async () => ({ type: 1 }) },
  },
  FileType: { Directory: 2 },
  Uri: { file: (path: string) => ({ fsPath: path, path, scheme: 'file', toString: () => `file://${path}` }) },
  MarkdownString: class {
    constructor(public value: string) {}
    appendCodeblock(code: string): void {
      this.value += `\n${code}`;
    }
  },
}));

const services = { engine: {}, profiles: { all: [] } } as unknown as AgentToolServices;
const token = { isCancellationRequested: false } as vscode.CancellationToken;

afterEach(() => {
  window.isTrusted = true;
});

async function asked(name: string, input: object): Promise<{ title: string; text: string } | null> {
  const { confirmationMessages } = await prepareTool(services, name, input);
  if (confirmationMessages === undefined) return null;
  return { title: confirmationMessages.title, text: (confirmationMessages.message as vscode.MarkdownString).value };
}

test('a capture is asked for, with all of what is started', async () => {
  const input = { command: ['sh', '-c', 'rm -rf "x"'], seconds: 2 };
  const question = await asked('emberline_profile_target', input);
  expect(question?.title).toBe('Profile this program?');
  expect(question?.text).toContain('will run it, sample it for 2 s at most');
  expect(question?.text).toContain('the command sh -c "rm -rf \\"x\\""');
  await expect(asked('emberline_profile_target', { command: ['x'.repeat(2500)] })).rejects.toThrow('longer than 2000');
});

test('a process is asked for with the program that it runs', async () => {
  const question = await asked('emberline_profile_target', { pid: process.pid });
  expect(question?.text).toContain('will attach to it, sample it for 10 s at most');
  expect(question?.text).toMatch(new RegExp(`process ${process.pid}: .*node`));
  const gone = await asked('emberline_profile_target', { pid: 4194304 });
  expect(gone?.text).toMatch(/process 4194304$/m);
});

test('nothing is started in a workspace that is not trusted, whether asked or not', async () => {
  window.isTrusted = false;
  await expect(asked('emberline_profile_target', { pid: 1 })).rejects.toThrow('needs a trusted workspace');
  const run = invokeTool(services, 'emberline_profile_target', { pid: 1 }, null, token);
  await expect(run).rejects.toThrow('needs a trusted workspace');
});

test('profiles outside of the workspace are asked for, others not', async () => {
  expect(await asked('emberline_hot_lines', {})).toBeNull();
  expect(await asked('emberline_hot_lines', { profile: '/ws/a.pprof' })).toBeNull();
  const question = await asked('emberline_diff', { base: '/ws/a.pprof', new: '/home/me/b.pprof' });
  expect(question).toMatchObject({ title: 'Read this profile?' });
  expect(question?.text).toContain('/home/me/b.pprof');
  expect(question?.text).not.toContain('/ws/a.pprof');
});
