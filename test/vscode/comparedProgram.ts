import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  type DecoratedLine,
  decoratedLines,
  dismissWidgets,
  eventually,
  runCommand,
  statusBarItems,
  waitForStatusBarItem,
} from './driver';
import { openProfile } from './openProfile';
import { writeWorkspace } from './workspaceFolder';

const shop = `from parse import parse


def price(order):
    total = 0
    for item in order:
        total += item.price * item.count
    return total


def render(order):
    return "\\n".join(format(item) for item in order)


def serve(request):
    order = parse(request)
    total = price(order)
    return render(order), total
`;

/** What the rewrite puts above everything: lines of the newer profile are two further down. */
const inserted = '"""Orders and what they cost."""\nimport functools\n';

const parser = `def parse(text):
    fields = text.split(",")
    return [field.strip() for field in fields]
`;

type Stacks = readonly (readonly [stack: string, samples: number])[];

export const before: Stacks = [
  ['serve@shop:16 parse@parse:2', 1000],
  ['serve@shop:17 price@shop:6', 1000],
  ['serve@shop:17 price@shop:7', 5000],
  ['serve@shop:18 render@shop:12', 3000],
];
export const after: Stacks = [
  ['serve@shop:18 parse@parse:2', 4000],
  ['serve@shop:18 parse@parse:3', 1000],
  ['serve@shop:19 price@shop:8', 1010],
  ['serve@shop:19 price@shop:9', 1000],
  ['serve@shop:20 render@shop:14', 2990],
];

/** Stacks as py-spy writes them. */
export function folded(folder: string, stacks: Stacks): string {
  const place = (written: string): string => {
    const [name, file, line] = written.split(/[@:]/);
    return `${name} (${join(folder, `${file}.py`)}:${line})`;
  };
  return stacks.map(([stack, count]) => `${stack.split(' ').map(place).join(';')} ${count}\n`).join('');
}

export const lineWith = (lines: DecoratedLine[], text: string): DecoratedLine | undefined =>
  lines.find((each) => each.text.includes(text));

/** A program in a folder of the workspace, profiled before and after it is rewritten. */
export class ComparedProgram {
  readonly folder: string;

  constructor(name: string) {
    this.folder = writeWorkspace(name, { 'shop.py': shop, 'parse.py': parser });
    writeFileSync(join(this.folder, 'before.folded'), folded(this.folder, before));
  }

  open(name: string): Promise<void> {
    return openProfile(join(this.folder, name));
  }

  async showShop(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(join(this.folder, 'shop.py'));
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside, preview: false });
  }

  /** The program as it is when it is profiled again. */
  async rewrite(): Promise<void> {
    const document = await vscode.workspace.openTextDocument(join(this.folder, 'shop.py'));
    if (document.getText().startsWith(inserted)) return;
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), inserted);
    await vscode.workspace.applyEdit(edit);
    await document.save();
    writeFileSync(join(this.folder, 'after.folded'), folded(this.folder, after));
  }

  /** For each test alone: the newer profile compared with the older, the program rewritten. */
  async compare(): Promise<void> {
    if ((await statusBarItems()).some(({ text }) => text.includes('vs before.folded'))) return;
    await this.open('before.folded');
    await runCommand('Emberline: Set as Baseline');
    await waitForStatusBarItem('baseline before.folded');
    // What its lines were is known once they glow.
    await this.showShop();
    await eventually(decoratedLines, (lines) => lines.length > 0);
    await this.rewrite();
    await this.open('after.folded');
    await waitForStatusBarItem('vs before.folded');
  }
}

/** Leaves nothing of a comparison to the suites that follow. */
export async function endComparison(): Promise<void> {
  await dismissWidgets();
  await vscode.commands.executeCommand('emberline.clearBaseline');
  await vscode.commands.executeCommand('emberline.clearHeat');
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
}
