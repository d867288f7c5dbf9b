import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { decoratedLines, eventually, pick, runCommand, waitForQuickPick, waitForStatusBarItem } from './driver';
import { clickRow, rows } from './hottestView';
import {
  closeAll,
  expectedLabels,
  inBareWindow,
  type Label,
  labelsAre,
  mapFixturesTo,
  openCapture,
  openSource,
} from './movedLabels';
import { cases, editedText, fixture } from './movedLineCases';
import { removeFromWorkspace, writeWorkspace } from './workspaceFolder';

/** Runs git in a folder and answers what it printed; commits are as of `date`, or of now. */
function gitIn(folder: string, date?: Date): (...args: string[]) => string {
  const env: NodeJS.ProcessEnv = { ...process.env, PATH: process.env['EMBERLINE_TEST_PATH'] ?? process.env['PATH'] };
  if (date !== undefined)
    Object.assign(env, { GIT_COMMITTER_DATE: date.toISOString(), GIT_AUTHOR_DATE: date.toISOString() });
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost'];
  return (...args) => execFileSync('git', [...author, ...args], { cwd: folder, encoding: 'utf8', env }).trim();
}

suite('Lines that moved', () => {
  inBareWindow();

  test('are found at the commit that is said to be the profile’s', async function () {
    this.timeout(240_000);
    const each = cases.find(({ name }) => name === 'Python')!;
    const original = readFileSync(fixture('programs', each.source), 'utf8').split('\n');
    const table = each.table();
    const folder = writeWorkspace('movedGit', {
      'repository/busy.py': original.join('\n'),
      'repository/notes.txt': 'Notes.\n',
    });
    const repository = join(folder, 'repository');
    const run = gitIn(repository);
    const git = vscode.workspace.getConfiguration('git');
    try {
      run('init', '-q');
      run('add', '.');
      run('commit', '-qm', 'As it was profiled');
      const commit = run('rev-parse', 'HEAD');
      // Another revision is checked out, in which the file has another name, when the profile is opened first.
      run('mv', 'busy.py', 'work.py');
      writeFileSync(join(repository, 'work.py'), editedText(original, each, 5).join('\n'));
      run('commit', '-qam', 'Later');
      writeFileSync(join(folder, 'capture.folded'), readFileSync(fixture('py-spy.folded')));
      await git.update('enabled', true, vscode.ConfigurationTarget.Global);
      await mapFixturesTo(repository);
      await openCapture(join(folder, 'capture.folded'));
      // VS Code finds the repository by a file that is shown.
      await openSource(join(repository, 'notes.txt'));
      void runCommand("Emberline: Set the Profile's Commit…");
      const items = await waitForQuickPick('Commit that capture.folded was recorded at');
      assert.ok(items.length > 0);
      const shown = await eventually(
        () => waitForQuickPick('Commit that capture.folded was recorded at'),
        (found) => found.some(({ label }) => label.includes(commit.slice(0, 10))),
      );
      // Each commit once, however often git's API hands out its repository.
      assert.deepEqual(
        [...new Set(shown.map(({ label }) => label))],
        shown.map(({ label }) => label),
      );
      await pick(shown.find(({ label }) => label.includes(commit.slice(0, 10)))!.label);
      await waitForStatusBarItem(`is of commit ${commit.slice(0, 10)}`);
      const labels = expectedLabels(original, each, table, 5);
      await vscode.commands.executeCommand('emberline.hottestLines.focus');
      await clickRow('work.py');
      const hot = labels.filter(({ label }) => label.includes(' self'));
      const rowOf = ({ label, text, line }: Label): string =>
        `${label.split(' ')[0]}  ${text.replace(/\s+/g, ' ')} :${line}`;
      // What stands in the file, which is not open, is what was hot.
      const hottest = async (): Promise<string[]> =>
        (await rows()).map(({ label, description }) => `${label} ${description}`);
      const missing = async (): Promise<string[]> => {
        const shown = await hottest();
        return hot.map(rowOf).filter((row) => !shown.includes(row));
      };
      await eventually(missing, (rows) => rows.length === 0).catch(missing);
      assert.deepEqual(await missing(), [], (await hottest()).join(' | '));
      await vscode.commands.executeCommand('workbench.action.closeSidebar');
      await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
      const editor = await openSource(join(repository, 'work.py'));
      await labelsAre(editor, labels);
    } finally {
      await closeAll();
      await git.update('enabled', undefined, vscode.ConfigurationTarget.Global);
      removeFromWorkspace('movedGit');
    }
  });

  test('are in doubt where a file was written after the recording, unless git had it before', async function () {
    this.timeout(240_000);
    const code = 'def hot():\n    return sum(range(100))\n';
    const folder = writeWorkspace('doubtful', { 'repo/same.py': code, 'repo/other.py': code });
    const repository = join(folder, 'repo');
    const run = gitIn(repository, new Date(Date.now() - 7_200_000));
    const git = vscode.workspace.getConfiguration('git');
    try {
      run('init', '-q');
      run('add', '.');
      run('commit', '-qm', 'As it was profiled');
      // Both files are written now, as by a checkout; one of them is another since.
      writeFileSync(join(repository, 'same.py'), code);
      writeFileSync(join(repository, 'other.py'), `import math\n${code}`);
      const recorded = join(folder, 'recorded.folded');
      const stack = (name: string): string => `hot (${join(repository, name)}:2) 10\n`;
      writeFileSync(recorded, stack('same.py') + stack('other.py'));
      const anHourAgo = Date.now() / 1000 - 3600;
      utimesSync(recorded, anHourAgo, anHourAgo);
      await git.update('enabled', true, vscode.ConfigurationTarget.Global);
      await openCapture(recorded);
      const drawn = async (name: string): Promise<{ line: number | null; hollow: boolean }[]> => {
        await openSource(join(repository, name));
        const lines = await eventually(decoratedLines, (all) => all.some(({ label }) => label !== null));
        return lines.map(({ line, outlined }) => ({ line, hollow: outlined }));
      };
      assert.deepEqual(await drawn('other.py'), [{ line: 2, hollow: true }]);
      await eventually(
        () => drawn('same.py'),
        (lines) => lines.length === 1 && !lines[0]!.hollow,
      );
      assert.deepEqual(await drawn('other.py'), [{ line: 2, hollow: true }]);
    } finally {
      await closeAll();
      await git.update('enabled', undefined, vscode.ConfigurationTarget.Global);
      removeFromWorkspace('doubtful');
    }
  });
});
