import * as vscode from 'vscode';
import type { Heat } from './heat';
import { type LookChoice, lookOf, lookSections } from './heatLookText';
import { keepChoice } from './heatSettings';
import { plainStatusText } from './statusText';

type LookItem = vscode.QuickPickItem & { choice?: LookChoice };

/** `Choose What Lines Show…`: a quick pick that shows each choice in the editors while one moves through it. */
export function chooseHeatLook(heat: Heat): void {
  const pick = vscode.window.createQuickPick<LookItem>();
  pick.title = 'What hot lines show';
  pick.placeholder = 'Move through the choices to see them in the editor';
  pick.matchOnDescription = true;
  const items: LookItem[] = lookSections(heat.look, heat.lookFacts).flatMap(({ title, choices }) => [
    { label: title, kind: vscode.QuickPickItemKind.Separator },
    ...choices.map((choice) => ({
      label: `${choice.chosen ? '$(check)' : '$(blank)'} ${choice.label}`,
      description: `${choice.fits ? '' : '$(circle-slash) '}${plainStatusText(choice.description)}`,
      choice,
    })),
  ]);
  pick.items = items;
  pick.activeItems = items.filter(({ choice }) => choice?.chosen).slice(0, 1);
  pick.onDidChangeActive(([active]) => heat.preview(active?.choice === undefined ? {} : lookOf(active.choice)));
  let accepted: Promise<void> | null = null;
  pick.onDidAccept(() => {
    const { choice } = pick.activeItems[0] ?? {};
    if (choice !== undefined) accepted = keep(heat, choice);
    pick.hide();
  });
  pick.onDidHide(() => {
    // The preview stays until the settings say the same: no look in between.
    void Promise.resolve(accepted).finally(() => heat.preview({}));
    pick.dispose();
  });
  pick.show();
}

async function keep(heat: Heat, choice: LookChoice): Promise<void> {
  for (const [name, value] of Object.entries(lookOf(choice))) {
    if (name !== 'labels' || value !== heat.labelsConfigured) await keepChoice(name, value);
    if (name === 'metric' && (value === 'self' || value === 'total')) heat.setMetric(value);
  }
}
