import * as vscode from 'vscode';
import type { FunctionRow } from '../engine/functionApi';
import type { HottestLine } from '../engine/hottestApi';
import type { HotFile } from '../engine/lineApi';
import { formatPercent } from '../units/units';
import type { Heat } from './heat';
import type { HeatFiles } from './heatFiles';
import { heatStep } from './heatScale';
import { shareOf } from './hotLines';
import type { LinePlace, LineTexts } from './lineTexts';
import { openFunctionCommand } from './openFunction';
import { openLocationCommand } from './openLocationCommand';
import { shareColumn } from './shareColumn';
import { plainStatusText } from './statusText';

/** `tree`: files and below each its lines; `list`: lines of all files. */
export type HottestLayout = 'tree' | 'list';

interface Shares {
  readonly self: number;
  readonly total: number;
}

interface FileNode {
  readonly type: 'file';
  readonly file: HotFile;
  /** As it is called now. */
  readonly name: string;
  readonly shares: Shares;
}

interface LineNode {
  readonly type: 'line';
  readonly path: string;
  readonly line: number;
  readonly name: string;
  readonly shares: Shares;
  readonly now: LinePlace;
  /** Whether the file stands above it already. */
  readonly inFile: boolean;
}

interface FunctionNode {
  readonly type: 'function';
  readonly row: Pick<FunctionRow, 'func' | 'name' | 'file' | 'line'>;
  readonly shares: Shares;
}

/** The rest, which a click brings. */
interface MoreNode {
  readonly type: 'more';
  /** Of which list: the root's is empty. */
  readonly list: string;
  readonly rest: number;
}

export type HottestNode = FileNode | LineNode | FunctionNode | MoreNode;

/** Rows at first, and more with each click. */
const pageSize = 50;
const settleMs = 150;
const goneSentence = '\nThis line is gone since the recording.';
const changedSentence = '\nThe code of this line changed after the recording.';
const doubtfulSentence = '\nThe file was written after the recording: this may be another line.';

export const moreHottestCommand = 'emberline.hottestLines.more';

/** The hottest lines of the profile that glows, or of one without lines its functions. */
export class HottestTree implements vscode.TreeDataProvider<HottestNode>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<HottestNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;
  private settling: NodeJS.Timeout | undefined;
  /** How many rows of each list are wanted; of the view that is shown only. */
  private readonly wanted = new Map<string, number>();
  private wantedOf: number | null = null;

  constructor(
    private readonly heat: Heat,
    private readonly texts: LineTexts,
    private readonly layout: () => HottestLayout,
  ) {}

  /** Heat, files or layout changed: rows are asked for anew, once for a burst of changes. */
  refresh(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => this.changed.fire(undefined), settleMs);
  }

  more(node: MoreNode): void {
    this.wanted.set(node.list, this.rowsOf(node.list) + 2 * pageSize);
    this.changed.fire(undefined);
  }

  async getChildren(node?: HottestNode): Promise<HottestNode[]> {
    const files = this.heat.visible ? this.heat.heatFiles : null;
    if (files === null) {
      return [];
    }
    try {
      return node === undefined ? await this.roots(files) : node.type === 'file' ? await this.below(files, node) : [];
    } catch {
      return []; // The profile was closed meanwhile: what replaces it refreshes the view.
    }
  }

  getTreeItem(node: HottestNode): vscode.TreeItem {
    switch (node.type) {
      case 'file':
        return this.fileItem(node);
      case 'line':
        return this.lineItem(node);
      case 'function':
        return this.functionItem(node);
      case 'more':
        return moreItem(node);
    }
  }

  dispose(): void {
    clearTimeout(this.settling);
    this.changed.dispose();
  }

  private rowsOf(list: string): number {
    return this.wanted.get(list) ?? pageSize;
  }

  private async roots(files: HeatFiles): Promise<HottestNode[]> {
    if (this.wantedOf !== files.profile) {
      this.wanted.clear();
      this.wantedOf = files.profile;
    }
    const { metric } = this.heat;
    const hot = (await files.hottest()).filter((file) => file[metric] !== 0);
    if (!hot.some(({ hasLines }) => hasLines)) {
      return this.functions(files);
    }
    const rows = this.rowsOf('');
    if (this.layout() === 'list') {
      const { lines, count, viewTotal } = await files.hottestLines(metric, rows);
      const nodes = await Promise.all(lines.map((line) => this.lineNode(line, viewTotal, false)));
      return withMore(nodes, '', count);
    }
    const sorted = [...hot].sort((a, b) => Math.abs(b[metric]) - Math.abs(a[metric]));
    const { viewTotal } = await files.totals();
    const nodes = await Promise.all(
      sorted.slice(0, rows).map(async (file): Promise<FileNode> => {
        const name = baseName((await this.texts.uriOf(file.path))?.path ?? file.path);
        return { type: 'file', file, name, shares: sharesOf(file, viewTotal) };
      }),
    );
    return withMore(nodes, '', sorted.length);
  }

  private async below(files: HeatFiles, { file }: FileNode): Promise<HottestNode[]> {
    const { metric } = this.heat;
    const rows = this.rowsOf(file.path);
    if (!file.hasLines) {
      const { functions, viewTotal } = await files.functionsOf([file.file], []);
      const sorted = functions
        .filter((each) => each[metric] !== 0)
        .sort((a, b) => Math.abs(b[metric]) - Math.abs(a[metric]));
      const nodes = sorted.slice(0, rows).map((each): FunctionNode => {
        const { func, name, path, line } = each;
        return { type: 'function', row: { func, name, file: path, line }, shares: sharesOf(each, viewTotal) };
      });
      return withMore(nodes, file.path, sorted.length);
    }
    const lines = await files.linesOfFile(file.file);
    const order = [...lines.line.keys()].filter((i) => lines[metric][i] !== 0);
    order.sort((a, b) => Math.abs(lines[metric][b]!) - Math.abs(lines[metric][a]!));
    const nodes = await Promise.all(
      order.slice(0, rows).map((i) => {
        const line = { path: file.path, line: lines.line[i]!, name: '', self: lines.self[i]!, total: lines.total[i]! };
        return this.lineNode({ ...line, file: file.file }, lines.viewTotal, true);
      }),
    );
    return withMore(nodes, file.path, order.length);
  }

  private async functions(files: HeatFiles): Promise<HottestNode[]> {
    const { metric } = this.heat;
    const limit = this.rowsOf('');
    const { rows, count, viewTotal } = await files.topFunctions(metric, limit);
    const nodes = rows
      .filter((row) => row[metric] !== 0)
      .map((row): FunctionNode => {
        return { type: 'function', row, shares: sharesOf(row, viewTotal) };
      });
    return withMore(nodes, '', nodes.length < limit ? nodes.length : count);
  }

  private async lineNode(line: HottestLine, viewTotal: number, inFile: boolean): Promise<LineNode> {
    const { path, name } = line;
    const shares = sharesOf(line, viewTotal);
    const now = await this.texts.placeOf(path, line.line);
    return { type: 'line', path, line: line.line, name, shares, now, inFile };
  }

  private fileItem({ file, name, shares }: FileNode): vscode.TreeItem {
    const item = new vscode.TreeItem(plainStatusText(name), vscode.TreeItemCollapsibleState.Collapsed);
    item.id = `file ${file.path}`;
    item.description = `${this.share(shares)} ${plainStatusText(folderName(file.path))}`.trimEnd();
    item.tooltip = `${plainStatusText(file.path)}\n${formatPercent(shares.self, 1)} self, hottest line ${formatPercent(shares.total, 1)} total`;
    item.contextValue = 'file';
    this.decorate(item, shares, `${name}, file`);
    return item;
  }

  private lineItem(node: LineNode): vscode.TreeItem {
    const { path, line, shares, now, name, inFile } = node;
    const shown = now.text || name || `line ${line}`;
    const item = new vscode.TreeItem(`${this.alignedShare(shares)}  ${plainStatusText(shown)}`);
    item.id = `line ${inFile ? 'in' : 'of'} ${path}:${line}`;
    const place = now.line === null ? ' (gone)' : `:${now.line}`;
    item.description = inFile ? place.trim() : plainStatusText(baseName(now.file) + place);
    const state =
      now.line === null ? goneSentence : now.changed ? changedSentence : now.doubtful ? doubtfulSentence : '';
    item.tooltip = `${plainStatusText(shown)}\n${bothShares(shares)}\n${plainStatusText(path)}:${line}${state}`;
    item.contextValue = 'line';
    item.command = {
      command: openLocationCommand,
      title: 'Open',
      arguments: [{ name: name.slice(0, 1000), file: path, line }],
    };
    this.decorate(item, shares, `line ${now.line ?? line} of ${baseName(now.file)}: ${shown}`, state !== '');
    return item;
  }

  private functionItem({ row, shares }: FunctionNode): vscode.TreeItem {
    const name = row.name === '' ? '(anonymous)' : row.name;
    const item = new vscode.TreeItem(`${this.alignedShare(shares)}  ${plainStatusText(name)}`);
    item.id = `function ${row.func}`;
    const place = row.file === null ? '' : baseName(row.file) + (row.line === null ? '' : `:${row.line}`);
    item.description = plainStatusText(place);
    item.tooltip = `${plainStatusText(name)}\n${bothShares(shares)}\nThis profile has functions only, no lines.`;
    item.contextValue = 'function';
    item.command = { command: openFunctionCommand, title: 'Open', arguments: [row] };
    this.decorate(item, shares, `function ${name}`);
    return item;
  }

  private share(shares: Shares): string {
    return formatPercent(shares[this.heat.metric], 1);
  }

  private alignedShare(shares: Shares): string {
    return shareColumn(shares[this.heat.metric]);
  }

  private decorate(item: vscode.TreeItem, shares: Shares, what: string, stale = false): void {
    const { metric } = this.heat;
    const step = heatStep(shares[metric], this.heat.look.bounds);
    const color = step === 0 ? undefined : new vscode.ThemeColor(`emberline.heatMark${step}`);
    const icon = item.contextValue === 'file' ? 'flame' : stale ? 'circle' : 'circle-filled';
    item.iconPath = new vscode.ThemeIcon(icon, color);
    item.accessibilityInformation = { label: `${this.share(shares)} ${metric}, ${plainStatusText(what)}` };
  }
}

function withMore(nodes: HottestNode[], list: string, count: number): HottestNode[] {
  return count > nodes.length ? [...nodes, { type: 'more', list, rest: count - nodes.length }] : nodes;
}

function moreItem(node: MoreNode): vscode.TreeItem {
  const item = new vscode.TreeItem('Show More');
  item.id = `more ${node.list}`;
  item.description = `${node.rest.toLocaleString('en-US')} left`;
  item.iconPath = new vscode.ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = { command: moreHottestCommand, title: 'Show More', arguments: [node] };
  return item;
}

function sharesOf({ self, total }: Shares, viewTotal: number): Shares {
  return { self: shareOf(self, viewTotal), total: shareOf(total, viewTotal) };
}

function bothShares({ self, total }: Shares): string {
  return `${formatPercent(self, 1)} self · ${formatPercent(total, 1)} total`;
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;
}

/** The last two folders: enough to tell files of one name apart. */
function folderName(path: string): string {
  return path
    .replace(/^\w+:\/*/, '')
    .split(/[\\/]/)
    .slice(0, -1)
    .slice(-2)
    .join('/');
}
