import * as vscode from 'vscode';
import type { FunctionHeat } from '../engine/hottestApi';
import { functionSegments } from '../sources/functionNames';
import { formatPercent } from '../units/units';
import { type ChartLink, showInFlameGraphCommand } from './chartLink';
import { embeddedScheme } from './embeddedSources';
import type { FunctionHeats } from './functionHeats';
import type { Heat } from './heat';
import { shareOf } from './hotLines';
import { plainStatusText } from './statusText';

const setting = 'codeLens';
/** Callers that a lens names. */
const mostCallers = 2;
const maxName = 40;

/** Over each function that the profile knows: what it costs, and who calls it. Off by default. */
export class HeatLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly disposable: vscode.Disposable;

  constructor(
    private readonly heat: Heat,
    private readonly functions: FunctionHeats,
  ) {
    const schemes = ['file', 'vscode-remote', 'untitled', 'vscode-notebook-cell', embeddedScheme];
    this.disposable = vscode.Disposable.from(
      this.changed,
      vscode.languages.registerCodeLensProvider(
        schemes.map((scheme) => ({ scheme })),
        this,
      ),
      heat.onDidChange(() => this.changed.fire()),
      functions.onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`emberline.${setting}`)) {
          this.changed.fire();
        }
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const on = vscode.workspace.getConfiguration('emberline', document.uri).get<boolean>(setting, false);
    const { source, heatFiles: files } = this.heat;
    if (!on || !this.heat.visible || files === null || source === null) {
      return [];
    }
    try {
      const { defined, unplaced, totals } = await this.functions.of(document, files, source);
      const byLine = new Map<number, FunctionHeat>();
      for (const { func, symbol } of defined) {
        byLine.set(symbol.nameLine, func);
      }
      for (const { func, line } of unplaced) {
        // Without a symbol the declared line has to do; heaviest first, and one a line.
        if (functionSegments(func.name) !== null && !byLine.has(line)) {
          byLine.set(line, func);
        }
      }
      return [...byLine]
        .filter(([line, { self, total }]) => {
          const size = Math.max(Math.abs(self), Math.abs(total));
          return line < document.lineCount && size > 0 && shareOf(size, totals.viewTotal) >= this.heat.look.threshold;
        })
        .map(([line, func]) => lens(line, func, totals.viewTotal, files.profile));
    } catch {
      return []; // The profile was closed meanwhile.
    }
  }

  dispose(): void {
    this.disposable.dispose();
  }
}

function lens(line: number, func: FunctionHeat, viewTotal: number, profile: number): vscode.CodeLens {
  const { name, self, total, callers, callerCount } = func;
  const parts = [`${formatPercent(self, viewTotal)} self`, `${formatPercent(total, viewTotal)} total`];
  if (callers.length > 0) {
    const named = callers.slice(0, mostCallers).map((caller) => {
      return `${plainStatusText(shortened(caller.name))} ${formatPercent(caller.value, viewTotal)}`;
    });
    const rest = callerCount > named.length ? ` and ${callerCount - named.length} more` : '';
    parts.push(`called by ${named.join(', ')}${rest}`);
  }
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    // VS Code drops a plain blank after an icon.
    title: `$(flame)\u00a0${parts.join(' · ')}`,
    tooltip: 'Show in the flame graph',
    command: showInFlameGraphCommand,
    arguments: [{ profile, functions: [func.func], place: name } satisfies ChartLink],
  });
}

function shortened(name: string): string {
  return name.length > maxName ? `${name.slice(0, maxName - 1)}…` : name || '(anonymous)';
}
