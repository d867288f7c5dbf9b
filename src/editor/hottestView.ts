import * as vscode from 'vscode';
import type { Heat } from './heat';
import { type HottestLayout, type HottestNode, HottestTree, moreHottestCommand } from './hottestTree';
import type { LineTexts } from './lineTexts';
import { plainStatusText } from './statusText';

const layoutKey = 'emberline.hottestLines.layout';

/** The Hottest Lines view in the side bar, with its commands. */
export class HottestView implements vscode.Disposable {
  private layout: HottestLayout;
  private readonly tree: HottestTree;
  private readonly view: vscode.TreeView<HottestNode>;
  private readonly disposable: vscode.Disposable;
  /** Whether something changed while the view was not to be seen. */
  private behind = false;

  constructor(
    private readonly heat: Heat,
    texts: LineTexts,
    private readonly memory: vscode.Memento,
  ) {
    this.layout = memory.get(layoutKey) === 'list' ? 'list' : 'tree';
    this.tree = new HottestTree(heat, texts, () => this.layout);
    this.view = vscode.window.createTreeView<HottestNode>('emberline.hottestLines', {
      treeDataProvider: this.tree,
      showCollapseAll: true,
    });
    this.disposable = vscode.Disposable.from(
      this.tree,
      this.view,
      heat.onDidChange(() => this.refresh()),
      this.view.onDidChangeVisibility(({ visible }) => {
        if (visible && this.behind) {
          this.refresh();
        }
      }),
      vscode.commands.registerCommand('emberline.hottestLines.showAsList', () => this.layOut('list')),
      vscode.commands.registerCommand('emberline.hottestLines.showAsTree', () => this.layOut('tree')),
      vscode.commands.registerCommand(moreHottestCommand, (node: unknown) => {
        if ((node as Partial<HottestNode> | undefined)?.type === 'more') {
          this.tree.more(node as HottestNode & { type: 'more' });
        }
      }),
    );
    this.say();
    void vscode.commands.executeCommand('setContext', layoutKey, this.layout);
  }

  /** Heat or files changed. */
  refresh(): void {
    this.say();
    // The engine is not asked for what nobody sees.
    this.behind = !this.view.visible;
    if (this.view.visible) {
      this.tree.refresh();
    }
  }

  dispose(): void {
    this.disposable.dispose();
  }

  private layOut(layout: HottestLayout): void {
    this.layout = layout;
    void this.memory.update(layoutKey, layout);
    void vscode.commands.executeCommand('setContext', layoutKey, layout);
    this.tree.refresh();
  }

  private say(): void {
    const { source, visible, metric } = this.heat;
    this.view.message = source !== null && !visible ? 'Heat is hidden.' : '';
    this.view.description = source === null ? '' : `${metric} of ${plainStatusText(source.name)}`;
  }
}
