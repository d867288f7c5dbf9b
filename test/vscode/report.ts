import { writeFileSync } from 'node:fs';
import { type MochaOptions, type Runner, reporters, type Test } from 'mocha';

/**
 * Prints a line a test and keeps the counts in the file that the runner reads. The file is written after every test, so
 * a crash of the extension host still tells how far it came.
 */
export class Report extends reporters.Base {
  private passed = 0;
  private readonly skipped: string[] = [];
  private readonly failed: string[] = [];
  private readonly retried: string[] = [];

  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    runner.once('start', () => this.save(false));
    runner.on('suite', (suite) => {
      if (suite.title) console.log(`  ${suite.fullTitle()}`);
    });
    runner.on('pass', (test) => {
      this.passed++;
      console.log(`    ✓ ${test.title} (${test.duration ?? 0} ms)`);
      this.save(false);
    });
    runner.on('pending', (test) => {
      this.skipped.push(test.fullTitle());
      console.log(`    - ${test.title}`);
      this.save(false);
    });
    runner.on('retry', (test: Test, error: unknown) => {
      this.retried.push(`${test.fullTitle()}\n${summary(error)}`);
      console.log(`    ↻ ${test.title}\n${describe(error)}`);
      this.save(false);
    });
    runner.on('fail', (test: Test, error: unknown) => {
      this.failed.push(`${test.fullTitle()}\n${summary(error)}`);
      console.log(`    ✗ ${test.title}\n${describe(error)}`);
      this.save(false);
    });
    runner.once('end', () => this.save(true));
  }

  private save(complete: boolean): void {
    const path = process.env['EMBERLINE_TEST_REPORT'];
    if (path === undefined) return;
    const { passed, skipped, failed: failures, retried } = this;
    writeFileSync(path, JSON.stringify({ complete, passed, skipped, failures, retried }));
  }
}

/** The first line of what an error says, and of a comparison the first lines that differ: read where all failures are listed. */
function summary(error: unknown): string {
  const lines = (error instanceof Error ? `${error.name}: ${error.message}` : String(error)).split('\n');
  const differ = lines.slice(1).filter((line) => /^[+-] (?!actual)/.test(line));
  return [lines[0]!, ...differ.slice(0, 4)].map((line) => `    ${line.slice(0, 300)}`).join('\n');
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const parts = [error.stack ?? error.message];
  // node:assert's comparisons.
  if ('actual' in error && 'expected' in error) {
    parts.push(`actual:   ${show(error.actual)}`, `expected: ${show(error.expected)}`);
  }
  return parts.join('\n');
}

function show(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, 2000);
}
