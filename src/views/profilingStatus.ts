import * as vscode from 'vscode';

export interface ProfilingFigures {
  /** What is being done, while it is not sampling: "Collecting the last samples…". */
  readonly step: string | null;
  readonly elapsedMs: number;
  readonly samples: number;
  readonly targets: number;
  /** Whether every target is halted in the debugger. */
  readonly halted: boolean;
}

/**
 * Shows that a profile is being taken, in a notification and in the status bar, until `work` has settled.
 * @param onCancel called for the notification's Cancel
 */
export async function showProfiling<T>(
  name: string,
  figures: () => ProfilingFigures,
  onCancel: () => void,
  work: Promise<T>,
): Promise<T> {
  const item = vscode.window.createStatusBarItem('emberline.profiling', vscode.StatusBarAlignment.Left, 1000);
  item.name = 'Emberline: Profiling';
  item.command = 'emberline.stopProfiling';
  item.backgroundColor = new vscode.ThemeColor('statusBarItem.warningBackground');
  const tooltip = new vscode.MarkdownString('', true);
  tooltip.isTrusted = { enabledCommands: ['emberline.stopProfiling', 'emberline.discardProfiling'] };
  tooltip.appendMarkdown('$(flame) Emberline is profiling ').appendText(name);
  tooltip.appendMarkdown(
    '.\n\n[Stop and Show the Profile](command:emberline.stopProfiling) · [Discard](command:emberline.discardProfiling)',
  );
  item.tooltip = tooltip;
  await vscode.commands.executeCommand('setContext', 'emberline.profiling', true);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: `Profiling ${name}`, cancellable: true },
      async (progress, token) => {
        token.onCancellationRequested(onCancel);
        const show = (): void => {
          const now = figures();
          item.text = now.step
            ? '$(sync~spin) Emberline: finishing'
            : `$(debug-stop) Profiling ${formatElapsed(now.elapsedMs)}`;
          item.accessibilityInformation = {
            label: now.step ?? `Profiling for ${Math.floor(now.elapsedMs / 1000)} seconds, press to stop`,
          };
          progress.report({ message: describe(now) });
        };
        show();
        item.show();
        timer = setInterval(show, 500);
        return await work;
      },
    );
  } finally {
    clearInterval(timer);
    item.dispose();
    await vscode.commands.executeCommand('setContext', 'emberline.profiling', false);
  }
}

function describe(figures: ProfilingFigures): string {
  if (figures.step) {
    return figures.step;
  }
  const parts = [formatElapsed(figures.elapsedMs)];
  if (figures.targets > 1) {
    parts.push(`${figures.targets} targets`);
  }
  if (figures.samples > 0) {
    parts.push(`${figures.samples.toLocaleString('en')} samples`);
  }
  if (figures.halted) {
    parts.push('paused in the debugger');
  }
  // Cancel is the only button that a progress notification can have; it keeps what was sampled.
  const links = '[Stop](command:emberline.stopProfiling) · [Discard](command:emberline.discardProfiling)';
  return `${parts.join(' · ')} — ${links}`;
}

/** `1:05` for 65 seconds, `1:00:05` for an hour and five. */
export function formatElapsed(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
