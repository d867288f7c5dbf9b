import { DecodeError } from '../decodeError';
import type { ByteSource } from '../format';
import { JsonScanner } from './jsonScanner';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/**
 * Reads JSON that need not be in memory as a whole: `scanner` stands in a window of the input that moves on with what
 * was read. A value is read in one piece (`attempt`), again with more of the input where it does not end in the window;
 * the window then grows, so memory is bounded by the chunks and the largest such value.
 */
export class JsonWindow {
  readonly scanner: JsonScanner;
  private readonly chunks: Iterator<Uint8Array>;
  private buffer: Uint8Array = new Uint8Array(0);
  /** Whether the window's end is the input's. */
  private ended = false;
  /** Bytes of the input that were in the window so far. */
  private read = 0;

  /**
   * @param what for messages: "a V8 CPU profile"
   * @param checkpoint called with the bytes read so far, whenever the window moves
   */
  constructor(
    source: ByteSource,
    what: string,
    private readonly checkpoint: (read: number) => void,
  ) {
    this.chunks = source.chunks()[Symbol.iterator]();
    this.scanner = new JsonScanner(this.buffer, what);
    while (this.scanner.bytes.length < 3 && this.more(0)) {}
    this.scanner.pos = 0;
    this.scanner.skipMark();
  }

  /**
   * Moves the window on: what is before `keep` leaves it, at least one chunk comes in, and about as much as is kept. The
   * scanner then stands at what was kept, at the window's beginning.
   * @returns false where nothing came in: the scanner is at the input's end
   */
  more(keep: number): boolean {
    const { scanner } = this;
    const kept = this.keep(keep);
    let length = kept;
    let bytes: Uint8Array | null = null;
    while (!this.ended && (length === kept || length < kept * 2)) {
      const { done, value } = this.chunks.next();
      if (done === true) {
        this.ended = true;
      } else if (value.length > 0) {
        this.read += value.length;
        if (kept === 0) {
          // Valid until the next chunk is asked for.
          bytes = value;
        } else {
          this.buffer = withRoom(this.buffer, length, value.length);
          this.buffer.set(value, length);
        }
        length += value.length;
      }
    }
    scanner.bytes = bytes ?? this.buffer.subarray(0, length);
    scanner.base += keep;
    if (length === kept) {
      scanner.pos = length;
      return false;
    }
    scanner.pos = 0;
    this.checkpoint(this.read);
    return true;
  }

  /** Saves the window from `keep` on at the front of the buffer, before the next chunk overwrites it. @returns its length */
  private keep(keep: number): number {
    const kept = this.scanner.bytes.subarray(keep);
    this.buffer = withRoom(this.buffer, 0, kept.length);
    this.buffer.set(kept);
    return kept.length;
  }

  /** First byte of the next value, -1 at the end of the input. */
  peek(): number {
    const { scanner } = this;
    let byte = scanner.peek();
    while (byte < 0 && this.more(scanner.pos)) {
      byte = scanner.peek();
    }
    return byte;
  }

  /**
   * Reads something that `read` reads from `scanner.pos` on, again from there where it does not end in the window. What
   * `read` does is to be right if done twice.
   */
  attempt<T>(read: () => T): T {
    const { scanner } = this;
    for (;;) {
      const begin = scanner.pos;
      try {
        const result = read();
        // A number at the window's end may go on behind it.
        if (scanner.pos < scanner.bytes.length || !this.more(begin)) {
          return result;
        }
      } catch (error) {
        if (!(error instanceof DecodeError) || !this.cut || !this.more(begin)) {
          throw error;
        }
      }
    }
  }

  /** Whether the scanner stands at the end of a window that is not the input's last. */
  get cut(): boolean {
    return !this.ended && this.scanner.peek() < 0;
  }

  /** Goes behind any value, however long, in constant memory. @throws DecodeError where the input ends before */
  skip(): void {
    const { scanner } = this;
    const first = this.peek();
    if (first !== OPEN_OBJECT && first !== OPEN_ARRAY) {
      this.attempt(() => scanner.skip());
      return;
    }
    let depth = 0;
    let inString = false;
    for (;;) {
      const { bytes } = scanner;
      let { pos } = scanner;
      for (; pos < bytes.length; pos++) {
        const byte = bytes[pos];
        if (byte === BACKSLASH) {
          pos++;
        } else if (byte === QUOTE) {
          inString = !inString;
        } else if (inString) {
        } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
          depth++;
        } else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) {
          scanner.pos = pos + 1;
          return;
        }
      }
      // The byte after a backslash may be in the next window.
      const over = pos - bytes.length;
      scanner.pos = bytes.length;
      if (!this.more(bytes.length)) {
        scanner.fail('the end of a value');
      }
      scanner.pos = over;
    }
  }
}

function withRoom(buffer: Uint8Array, length: number, added: number): Uint8Array {
  if (length + added <= buffer.length) {
    return buffer;
  }
  const grown = new Uint8Array(Math.max(length + added, length * 2));
  grown.set(buffer.subarray(0, length));
  return grown;
}
