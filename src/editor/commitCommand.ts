import * as vscode from 'vscode';
import { isRef } from '../sources/profileCommit';
import type { GitCommit, GitTexts } from './gitTexts';
import type { HeatSource } from './heatSource';
import { OUTLASTS_LATE_FOCUS } from './lateFocus';
import type { RecordedTexts } from './recordedTexts';
import { setCommitCommand } from './setCommitCommand';
import { plainStatusText } from './statusText';

const shownCommits = 40;
const shortHash = 10;
const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

interface CommitItem extends vscode.QuickPickItem {
  /** What was chosen; null for "none". */
  readonly ref: string | null;
}

/**
 * *Set the Profile's Commit…*: says of which revision the profiled program was built, so that its lines are found in
 * the working tree by git's difference. With a baseline it asks of which of the two.
 */
export function registerCommitCommand(
  source: () => HeatSource | null,
  baseline: () => HeatSource | null,
  recorded: RecordedTexts,
  git: GitTexts,
): vscode.Disposable {
  return vscode.commands.registerCommand(setCommitCommand, async () => {
    const shown = source();
    if (shown === null) {
      void vscode.window.showInformationMessage('No profile is open: open one, then say which commit it is of.');
      return;
    }
    const profile = await chooseProfile(shown, baseline());
    if (profile === undefined) return;
    const ref = await chooseRef(profile, recorded, git);
    if (ref === undefined) return;
    const commit = ref === null ? null : await git.commit(ref);
    if (ref !== null && commit === null) {
      void vscode.window.showErrorMessage(
        `Git knows no commit ${plainStatusText(ref)} in this workspace: fetch it, or choose another one.`,
      );
      return;
    }
    await recorded.chooseCommit(profile, commit?.hash ?? null);
    const named = commit === null ? 'no commit of yours' : `commit ${commit.hash.slice(0, shortHash)}`;
    vscode.window.setStatusBarMessage(`$(git-commit) ${plainStatusText(profile.name)} is of ${named}`, 5000);
  });
}

/** Undefined where nothing was chosen. */
async function chooseProfile(shown: HeatSource, baseline: HeatSource | null): Promise<HeatSource | undefined> {
  if (baseline === null || baseline === shown) return shown;
  const items = [
    { label: plainStatusText(shown.name), description: 'the profile', profile: shown },
    { label: plainStatusText(baseline.name), description: 'the baseline', profile: baseline },
  ];
  const options = { title: 'Set the Commit of Which Profile?', ...OUTLASTS_LATE_FOCUS };
  return (await vscode.window.showQuickPick(items, options))?.profile;
}

/** Undefined where nothing was chosen. */
async function chooseRef(
  profile: HeatSource,
  recorded: RecordedTexts,
  git: GitTexts,
): Promise<string | null | undefined> {
  const pick = vscode.window.createQuickPick<CommitItem>();
  pick.title = `Commit that ${profile.name} was recorded at`;
  pick.placeholder = 'A recent commit, or type a hash, a tag or a branch';
  pick.matchOnDescription = true;
  pick.ignoreFocusOut = OUTLASTS_LATE_FOCUS.ignoreFocusOut;
  pick.busy = true;
  const chosen = await recorded.chosenCommit(profile);
  const named = recorded.namedCommit(profile);
  let items: CommitItem[] = [
    { label: '$(circle-slash) Not Known', description: noneDescription(named?.from ?? null, chosen), ref: null },
  ];
  const show = (): void => {
    const typed = pick.value.trim();
    const known = items.some(({ ref, label }) => ref?.startsWith(typed) === true || label.includes(typed));
    pick.items = typed === '' || known || !isRef(typed) ? items : [typedItem(typed), ...items];
  };
  const shown = new Promise<string | null | undefined>((resolve) => {
    pick.onDidAccept(() => {
      const [item] = pick.selectedItems;
      if (item !== undefined) resolve(item.ref);
      pick.hide();
    });
    pick.onDidHide(() => resolve(undefined));
  });
  pick.onDidChangeValue(show);
  show();
  pick.show();
  const latest = await git.latest(shownCommits);
  items = [...latest.map((commit) => commitItem(commit, chosen)), ...items];
  pick.busy = false;
  show();
  const answer = await shown;
  pick.dispose();
  return answer;
}

function noneDescription(label: string | null, chosen: string | null): string {
  const what = label === null ? 'go by the text when it was captured or first opened' : `go by its label ${label}`;
  return chosen === null ? `${what} (as now)` : what;
}

function typedItem(ref: string): CommitItem {
  return { label: `$(git-commit) ${ref}`, description: 'as git knows it', alwaysShow: true, ref };
}

function commitItem({ hash, message, commitDate }: GitCommit, chosen: string | null): CommitItem {
  const subject = (message.split('\n', 1)[0] ?? '').slice(0, 200);
  const date = commitDate === undefined ? '' : day.format(commitDate);
  return {
    label: `$(git-commit) ${hash.slice(0, shortHash)}`,
    description: hash === chosen ? `${subject} (chosen)` : subject,
    ...(date === '' ? {} : { detail: date }),
    ref: hash,
  };
}
