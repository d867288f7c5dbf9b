import * as vscode from 'vscode';

/** The answer of a step whose Back button was pressed. */
export const back = Symbol('back');

interface Step {
  readonly title: string;
  /** Whether a step comes before this one. */
  readonly canGoBack: boolean;
}

/** Asks for a text; undefined where it is closed. */
export function askText(
  step: Step & {
    readonly prompt: string;
    readonly value: string;
    readonly placeholder?: string;
    /** What is wrong with a text, null where nothing is. */
    readonly problemOf: (text: string) => string | null;
  },
): Promise<string | typeof back | undefined> {
  const input = vscode.window.createInputBox();
  input.prompt = step.prompt;
  input.value = step.value;
  input.placeholder = step.placeholder;
  input.onDidChangeValue((text) => {
    input.validationMessage = step.problemOf(text) ?? undefined;
  });
  return answerOf(input, step, () => {
    const problem = step.problemOf(input.value);
    input.validationMessage = problem ?? undefined;
    return problem === null ? input.value : null;
  });
}

/** Asks for one of some; undefined where it is closed. */
export function askOne<T extends vscode.QuickPickItem>(
  step: Step & { readonly placeholder: string; readonly items: readonly T[] },
): Promise<T | typeof back | undefined> {
  const pick = vscode.window.createQuickPick<T>();
  pick.placeholder = step.placeholder;
  pick.matchOnDetail = true;
  pick.items = step.items;
  return answerOf(pick, step, () => pick.activeItems[0] ?? null);
}

/** @param accepted the answer when Enter is pressed; null where there is none yet */
function answerOf<T>(
  input: vscode.InputBox | vscode.QuickPick<vscode.QuickPickItem>,
  { title, canGoBack }: Step,
  accepted: () => T | null,
): Promise<T | typeof back | undefined> {
  input.title = title;
  input.ignoreFocusOut = true;
  if (canGoBack) input.buttons = [vscode.QuickInputButtons.Back];
  return new Promise((resolve) => {
    const end = (answer: T | typeof back | undefined): void => {
      resolve(answer);
      input.dispose();
    };
    input.onDidTriggerButton((button) => {
      if (button === vscode.QuickInputButtons.Back) end(back);
    });
    input.onDidAccept(() => {
      const answer = accepted();
      if (answer !== null) end(answer);
    });
    input.onDidHide(() => end(undefined));
    input.show();
  });
}
