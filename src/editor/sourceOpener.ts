import * as vscode from 'vscode';
import { missingSourceSentence, noSourceSentence } from '../sources/noSource';
import type { SourceResolver, WorkspaceFile } from '../sources/sourceResolver';
import { embeddedScheme } from './embeddedSources';
import { OUTLASTS_LATE_FOCUS } from './lateFocus';
import type { LineHighlight } from './lineHighlight';
import { statOf } from './localFiles';
import { cellOf } from './openCells';
import type { RememberedSources } from './rememberedSources';
import { isWithinReach } from './sourceReach';
import { plainStatusText } from './statusText';

/** A place in the profiled program, as recorded. Lines and columns are 1-based. */
export interface SourcePlace {
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
}

const statusMs = 6000;

/**
 * Takes the user from a frame to its source.
 *
 * A profile is untrusted: only files (`file:`, or the scheme of a workspace folder) are opened, as text; one outside
 * the workspace only after the user said so, once for each folder; else the text in its source map, read-only.
 */
export class SourceOpener {
  private lastTextColumn: vscode.ViewColumn | undefined;
  readonly disposable: vscode.Disposable;

  constructor(
    private readonly resolver: SourceResolver,
    private readonly remembered: RememberedSources,
    private readonly highlight: LineHighlight,
    /** Where a recorded line (0-based) is in a document now; -1 when it was deleted. */
    private readonly lineNow: (document: vscode.TextDocument, line: number) => Promise<number>,
    private readonly onChosen: () => void,
  ) {
    this.disposable = vscode.window.onDidChangeActiveTextEditor((editor) => {
      this.lastTextColumn = editor?.viewColumn ?? this.lastTextColumn;
    });
    this.lastTextColumn = vscode.window.activeTextEditor?.viewColumn;
  }

  /**
   * Shows the place, or says why there is nothing to show.
   *
   * @param from the group of the profile's editor, which keeps the focus; undefined where a text editor asks: the
   *   place then opens there and takes the focus.
   */
  async open(place: SourcePlace, from: vscode.ViewColumn | undefined): Promise<void> {
    const { file } = place;
    const cell = file === null ? null : cellOf(file);
    if (cell !== null) {
      await this.showCell(cell, place, from);
      return;
    }
    const none = noSourceSentence(place.name, file);
    if (none !== null || file === null) {
      vscode.window.setStatusBarMessage(`$(info) ${plainStatusText(none ?? '')}`, statusMs);
      return;
    }
    const uri = await this.find(file);
    if (uri !== null) {
      await this.show(uri, place, from);
    }
  }

  /** Asks which file a record means, among the candidates where there are several; true where the user said so. */
  async chooseSource(file: string): Promise<boolean> {
    const resolution = await this.resolver.resolve(file);
    const chosen =
      resolution.kind === 'ambiguous' ? await this.choose(file, resolution.candidates) : await this.locate(file);
    return chosen !== null;
  }

  /** Takes back what the user said about a record. */
  forgetSource(file: string): void {
    this.remembered.delete(file);
    this.resolver.forget();
    this.onChosen();
  }

  private async find(file: string): Promise<vscode.Uri | null> {
    const resolution = await this.resolver.resolve(file);
    if (resolution.kind === 'ambiguous') {
      return this.choose(file, resolution.candidates);
    }
    if (resolution.kind === 'missing') {
      const locate = 'Locate File…';
      const answer = await vscode.window.showWarningMessage(missingSourceSentence(file), locate);
      return answer === locate ? this.locate(file) : null;
    }
    const uri = vscode.Uri.parse(resolution.uri, true);
    if (uri.scheme === embeddedScheme) {
      if ((await this.resolver.embedded(file)) !== null) {
        return uri;
      }
      this.remembered.delete(file);
      this.resolver.forget();
      return this.find(file);
    }
    if (!isFileUri(uri)) {
      return null;
    }
    if (resolution.how === 'remembered' && !(await exists(uri))) {
      this.remembered.delete(file);
      this.resolver.forget();
      return this.find(file);
    }
    // What the user pointed at by hand needs no second question.
    return resolution.how === 'remembered' || (await this.mayOpen(uri)) ? uri : null;
  }

  private async choose(file: string, candidates: readonly WorkspaceFile[]): Promise<vscode.Uri | null> {
    const severalFolders = (vscode.workspace.workspaceFolders ?? []).length > 1;
    const items: (vscode.QuickPickItem & { candidate?: WorkspaceFile })[] = candidates.map((candidate) => ({
      label: candidate.relativePath,
      iconPath: vscode.ThemeIcon.File,
      candidate,
      ...(severalFolders ? { description: candidate.folder } : {}),
    }));
    const embedded = await this.resolver.embedded(file);
    const fromMap = { label: '$(file-symlink-file) Text in the Source Map', description: 'read-only' };
    if (embedded !== null) {
      items.push(fromMap);
    }
    items.push({ label: '', kind: vscode.QuickPickItemKind.Separator }, { label: '$(folder-opened) Locate File…' });
    const picked = await vscode.window.showQuickPick(items, {
      title: `Which file is ${lineOf(file)}?`,
      placeHolder: 'Remembered for this workspace',
      ...OUTLASTS_LATE_FOCUS,
    });
    if (picked === undefined) {
      return null;
    }
    const uri = picked === fromMap ? embedded : picked.candidate?.uri;
    if (uri === undefined || uri === null) {
      return this.locate(file);
    }
    this.resolver.choose(file, uri);
    this.onChosen();
    return vscode.Uri.parse(uri, true);
  }

  private async locate(file: string): Promise<vscode.Uri | null> {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
    const [uri] =
      (await vscode.window.showOpenDialog({
        title: `Locate ${lineOf(file)}`,
        openLabel: 'Use as Source',
        ...(folder === undefined ? {} : { defaultUri: folder }),
      })) ?? [];
    if (uri === undefined || !isFileUri(uri)) {
      return null;
    }
    this.resolver.choose(file, uri.toString());
    this.onChosen();
    return uri;
  }

  private async mayOpen(uri: vscode.Uri): Promise<boolean> {
    const folder = vscode.Uri.joinPath(uri, '..').toString();
    if (isWithinReach(uri, this.remembered)) {
      return true;
    }
    const once = { label: '$(go-to-file) Open File', description: uri.fsPath };
    const always = { label: '$(folder) Open Files of This Folder', description: vscode.Uri.joinPath(uri, '..').fsPath };
    const picked = await vscode.window.showQuickPick([once, always], {
      title: 'The profile names a file outside the workspace',
      placeHolder: uri.fsPath,
      ...OUTLASTS_LATE_FOCUS,
    });
    if (picked === always) {
      this.remembered.allowFolder(folder);
    }
    return picked !== undefined;
  }

  private async show(uri: vscode.Uri, place: SourcePlace, from: vscode.ViewColumn | undefined): Promise<void> {
    let document: vscode.TextDocument;
    try {
      document = await vscode.workspace.openTextDocument(uri);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      void vscode.window.showErrorMessage(`${uri.path} cannot be shown as text: ${lineOf(reason)}`);
      return;
    }
    const recorded = (place.line ?? 1) - 1;
    const moved = await this.lineNow(document, recorded);
    const line = Math.max(0, Math.min(moved < 0 ? recorded : moved, document.lineCount - 1));
    const text = document.lineAt(line);
    const indent = text.firstNonWhitespaceCharacterIndex;
    const column = place.column === null ? indent : Math.min(Math.max(place.column - 1, indent), text.text.length);
    const position = new vscode.Position(line, column);
    const editor = await vscode.window.showTextDocument(document, {
      viewColumn: from === undefined ? vscode.ViewColumn.Active : this.columnFor(uri, from),
      preserveFocus: from !== undefined,
      preview: true,
      selection: new vscode.Range(position, position),
    });
    editor.revealRange(text.range, vscode.TextEditorRevealType.InCenter);
    if (place.line !== null) {
      this.highlight.show(editor, line);
    }
  }

  private async showCell(
    { notebook, index, document }: vscode.NotebookCell,
    place: SourcePlace,
    from: vscode.ViewColumn | undefined,
  ): Promise<void> {
    await vscode.window.showNotebookDocument(notebook, {
      viewColumn: from === undefined ? vscode.ViewColumn.Active : this.columnFor(notebook.uri, from),
      preserveFocus: from !== undefined,
      selections: [new vscode.NotebookRange(index, index + 1)],
    });
    const editor = vscode.window.visibleTextEditors.find((each) => each.document === document);
    const line = place.line === null ? -1 : await this.lineNow(document, place.line - 1);
    if (editor === undefined || line < 0 || line >= document.lineCount) {
      return;
    }
    const position = new vscode.Position(line, document.lineAt(line).firstNonWhitespaceCharacterIndex);
    editor.selection = new vscode.Selection(position, position);
    editor.revealRange(document.lineAt(line).range);
    this.highlight.show(editor, line);
  }

  /** The group to show a file in: where it is already, else where text was read last, else any other, else a new one. */
  private columnFor(uri: vscode.Uri, from: vscode.ViewColumn): vscode.ViewColumn {
    const others = vscode.window.tabGroups.all.filter((group) => group.viewColumn !== from);
    const shows = (group: vscode.TabGroup): boolean =>
      group.tabs.some(
        ({ input }) =>
          (input instanceof vscode.TabInputText || input instanceof vscode.TabInputNotebook) &&
          input.uri.toString() === uri.toString(),
      );
    const group =
      others.find(shows) ??
      others.find(({ viewColumn }) => viewColumn === this.lastTextColumn) ??
      others.find(({ activeTab }) => activeTab?.input instanceof vscode.TabInputText) ??
      others[0];
    return group?.viewColumn ?? vscode.ViewColumn.Beside;
  }
}

function isFileUri(uri: vscode.Uri): boolean {
  const { workspaceFolders } = vscode.workspace;
  return uri.scheme === 'file' || (workspaceFolders ?? []).some((folder) => folder.uri.scheme === uri.scheme);
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await statOf(uri);
    return true;
  } catch {
    return false;
  }
}

/** Untrusted text on one short line, its end kept. */
function lineOf(text: string): string {
  const line = plainStatusText(text.slice(-1000));
  return line.length > 90 ? `…${line.slice(-89)}` : line;
}
