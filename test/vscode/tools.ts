import { execFileSync } from 'node:child_process';

/** Whether a tool is there. In CI it is: its script installs it. */
export function hasTool(tool: string, ...args: string[]): boolean {
  if (process.env['CI'] === 'true') return true;
  try {
    execFileSync(tool, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Gives a suite the PATH of the test run, where its tools are: VS Code takes its own from a login shell. */
export function withToolsOnPath(): void {
  const before = process.env['PATH'];
  suiteSetup(() => {
    process.env['PATH'] = process.env['EMBERLINE_TEST_PATH'];
  });
  suiteTeardown(() => {
    process.env['PATH'] = before;
  });
}
