/** What a file system says of a file: when it was written, in ms since the epoch, and its bytes. */
export interface FileStamp {
  readonly mtime: number;
  readonly size: number;
}

/** File systems and clocks are this much apart, and some tell times in steps of 2 s. */
export const clockMs = 2000;

/** Remembers as what files were read: one that was not written since has the same text still. */
export class FileStamps<File extends object> {
  private readonly stamps = new WeakMap<File, FileStamp>();

  /**
   * @param now in ms since the epoch. A file that was written just before may be written again at what the file system
   *   takes for the same time: it is not remembered (as git's index has it, https://git-scm.com/docs/racy-git).
   */
  remember(file: File, { mtime, size }: FileStamp, now: number): void {
    if (now - mtime > clockMs) this.stamps.set(file, { mtime, size });
  }

  /** Whether a file is known to be as it was read. */
  isUnchanged(file: File, { mtime, size }: FileStamp): boolean {
    const known = this.stamps.get(file);
    return known?.mtime === mtime && known.size === size;
  }

  has(file: File): boolean {
    return this.stamps.has(file);
  }
}
