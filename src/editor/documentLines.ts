import { type LineChange, LineMap } from './lineMap';

/** An edit that moved lines: the map before it, and what an edit that takes it back looks like. */
interface Step {
  readonly before: LineMap;
  readonly inverse: string;
}

export type EditKind = 'edit' | 'undo' | 'redo';

const maxSteps = 200;

/** The lines of one document through edits, undo, redo and saving, from the text that was profiled. */
export class DocumentLines {
  /** The map for what is on disk. */
  private onDisk = LineMap.identity;
  /** What undo leads back to, latest last. */
  private readonly history: Step[] = [];
  /** Whether the document is taken to be as saved again. */
  private asSaved = false;
  /** Whether the last edit was an undo or redo, which may lead back to the saved text. */
  private undone = false;
  /** Whether an undo was not the inverse of a known edit: what it brought back is then not in `followed`. */
  private unsure = false;

  /** @param followed the map from the text on disk, which is what was profiled, to the text now; then as edits lead */
  constructor(private followed: LineMap = LineMap.identity) {}

  /** The same from here on, to be followed apart: for another profile of the same text. */
  copy(): DocumentLines {
    const copy = new DocumentLines(this.followed);
    copy.onDisk = this.onDisk;
    copy.history.push(...this.history);
    copy.asSaved = this.asSaved;
    copy.undone = this.undone;
    copy.unsure = this.unsure;
    return copy;
  }

  /** Where the profiled lines are now. */
  get map(): LineMap {
    return this.asSaved ? this.onDisk : this.followed;
  }

  /**
   * One event of edits. VS Code tells the edit and whether the document is unsaved in two messages, in either order:
   * `dirty` may still be what it was before the edit, and `dirtyChanged` then says what it is.
   *
   * @param changes last one in the document first, as `LineMap.apply` takes them one by one
   */
  edited(changes: readonly LineChange[], kind: EditKind, dirty: boolean): void {
    if (this.asSaved && this.unsure) {
      this.followed = this.onDisk;
      this.unsure = false;
    }
    if (changes.length > 0) {
      this.follow(changes, kind);
    }
    this.undone = kind !== 'edit';
    this.asSaved = this.undone && !dirty;
  }

  /** The document became unsaved, or as saved, without an edit in the same message. */
  dirtyChanged(dirty: boolean): void {
    this.asSaved = !dirty && this.undone;
  }

  /** The text is about to be written: that the document is not unsaved afterwards is no news of an undo. */
  saving(): void {
    this.followed = this.map;
    this.asSaved = false;
    this.undone = false;
    this.unsure = false;
  }

  saved(): void {
    this.onDisk = this.map;
  }

  /** Unsaved edits go with the document. */
  closed(): void {
    this.followed = this.onDisk;
    this.history.length = 0;
    this.asSaved = false;
    this.undone = false;
    this.unsure = false;
  }

  private follow(changes: readonly LineChange[], kind: EditKind): void {
    const last = this.history.at(-1);
    if (kind === 'undo' && last?.inverse === shapeOf(changes)) {
      // The lines that the edit took are back, and so are their marks.
      this.followed = last.before;
      this.history.pop();
      return;
    }
    if (kind === 'undo') {
      this.history.length = 0;
      this.unsure = true;
    } else {
      this.history.push({ before: this.followed, inverse: inverseShapeOf(changes) });
      this.history.splice(0, this.history.length - maxSteps);
    }
    this.followed = changes.reduce((map, change) => map.apply(change), this.followed);
  }
}

/** Which lines an edit replaced by how many, as text to be compared. */
function shapeOf(changes: readonly LineChange[]): string {
  return changes
    .map(({ startLine, endLine, insertedBreaks }) => `${startLine}:${endLine - startLine}:${insertedBreaks}`)
    .reverse()
    .join();
}

/** The shape of the edit that takes these changes back. */
function inverseShapeOf(changes: readonly LineChange[]): string {
  let shift = 0;
  const inverse: string[] = [];
  for (const { startLine, endLine, insertedBreaks } of changes.toReversed()) {
    inverse.push(`${startLine + shift}:${insertedBreaks}:${endLine - startLine}`);
    shift += insertedBreaks - (endLine - startLine);
  }
  return inverse.join();
}
