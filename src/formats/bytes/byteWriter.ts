import { growUint8 } from '../../profile/growColumn';
import { checkEncodedSize } from '../encodeLimit';

/** Appends bytes and text to one growing array. Its methods throw an Error where that would exceed `MOST_ENCODED`. */
export class ByteWriter {
  private array: Uint8Array = new Uint8Array(1 << 14);
  private length = 0;
  private readonly encoder = new TextEncoder();

  /** @param what is written, for the sentence that refuses too much of it */
  constructor(private readonly what: string) {}

  private reserve(bytes: number): void {
    checkEncodedSize(this.length + bytes, this.what);
    this.array = growUint8(this.array, this.length + bytes);
  }

  bytes(bytes: Uint8Array): void {
    this.reserve(bytes.length);
    this.array.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Text without characters above U+007F. */
  ascii(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      this.array[this.length++] = text.charCodeAt(i);
    }
  }

  /** Any text, as UTF-8. */
  text(text: string): void {
    this.bytes(this.encoder.encode(text));
  }

  finish(): Uint8Array {
    return this.array.slice(0, this.length);
  }
}
