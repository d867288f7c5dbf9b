import * as vscode from 'vscode';
import type { LineHighlight } from './lineHighlight';
import type { LineTexts } from './lineTexts';

/** Where the cursor was before a list of places was opened. */
export interface PreviewStart {
  readonly editor: {
    readonly document: vscode.TextDocument;
    readonly viewColumn: vscode.ViewColumn | undefined;
    readonly selection: vscode.Selection;
    readonly visible: vscode.Range | undefined;
    readonly preview: boolean;
  } | null;
  /** The tabs that were open, by what they show: others are the preview's. */
  readonly tabs: ReadonlySet<string>;
  /** Tells the latest place from earlier ones. */
  question: number;
  ended: boolean;
  working: Promise<void>;
}

/** Holding a key down runs through many places: only where it rests is shown. */
const restMs = 80;

/** Shows places while a list of them is moved through, as Go to Symbol does, and goes back where nothing is chosen. */
export class LinePreview {
  constructor(
    private readonly texts: LineTexts,
    private readonly highlight: LineHighlight,
    private readonly lineNow: (document: vscode.TextDocument, line: number) => Promise<number>,
  ) {}

  begin(): PreviewStart {
    const editor = vscode.window.activeTextEditor;
    const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
    if (tab?.isPreview === true && !(tab.input instanceof vscode.TabInputText)) {
      // A preview would take the place of a profile that is only previewed itself.
      void vscode.commands.executeCommand('workbench.action.keepEditor');
    }
    return {
      editor:
        editor === undefined
          ? null
          : {
              document: editor.document,
              viewColumn: editor.viewColumn,
              selection: editor.selection,
              visible: editor.visibleRanges[0],
              preview: tab?.isPreview ?? true,
            },
      tabs: new Set(textTabs().map(({ key }) => key)),
      question: 0,
      ended: false,
      working: Promise.resolve(),
    };
  }

  /** Shows a recorded line (1-based) without taking the focus, where its file is found and may be shown unasked. */
  show(start: PreviewStart, file: string, line: number | null): void {
    const question = ++start.question;
    const before = start.working;
    start.working = (async () => {
      await before;
      await new Promise((resolve) => setTimeout(resolve, restMs));
      const stale = (): boolean => start.ended || start.question !== question;
      if (stale()) {
        return;
      }
      const uri = await this.texts.uriOf(file);
      if (uri === null || stale()) {
        return;
      }
      const document = await vscode.workspace.openTextDocument(uri);
      if (stale()) {
        return;
      }
      const recorded = (line ?? 1) - 1;
      const moved = await this.lineNow(document, recorded);
      const at = Math.max(0, Math.min(moved < 0 ? recorded : moved, document.lineCount - 1));
      const position = new vscode.Position(at, document.lineAt(at).firstNonWhitespaceCharacterIndex);
      const editor = await vscode.window.showTextDocument(document, {
        viewColumn: start.editor?.viewColumn ?? vscode.ViewColumn.Active,
        preserveFocus: true,
        preview: true,
        selection: new vscode.Range(position, position),
      });
      editor.revealRange(new vscode.Range(position, position), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      this.highlight.show(editor, at);
    })().catch(() => {
      // Not to be shown as text, or gone: the list goes on without its picture.
    });
  }

  /** Nothing more is shown; what is stays. */
  async end(start: PreviewStart): Promise<void> {
    start.ended = true;
    await start.working;
  }

  /** Back to where the cursor was, without the tabs that were opened on the way. */
  async goBack(start: PreviewStart): Promise<void> {
    await this.end(start);
    if (start.question === 0) {
      return;
    }
    const { editor } = start;
    if (editor !== null && !editor.document.isClosed) {
      const { document, viewColumn, selection, visible, preview } = editor;
      const shown = await vscode.window.showTextDocument(document, {
        ...(viewColumn === undefined ? {} : { viewColumn }),
        preview,
        selection,
      });
      if (visible !== undefined) {
        shown.revealRange(visible, vscode.TextEditorRevealType.AtTop);
      }
    }
    const own = textTabs().filter(({ key, tab }) => !start.tabs.has(key) && tab.isPreview && !tab.isDirty);
    const other = own.filter(({ tab }) => editor === null || !shows(tab, editor.document.uri));
    await vscode.window.tabGroups.close(other.map(({ tab }) => tab));
  }
}

function textTabs(): { key: string; tab: vscode.Tab }[] {
  return vscode.window.tabGroups.all.flatMap((group) =>
    group.tabs.flatMap((tab) =>
      tab.input instanceof vscode.TabInputText ? [{ key: `${group.viewColumn} ${tab.input.uri.toString()}`, tab }] : [],
    ),
  );
}

function shows(tab: vscode.Tab, uri: vscode.Uri): boolean {
  return tab.input instanceof vscode.TabInputText && tab.input.uri.toString() === uri.toString();
}
