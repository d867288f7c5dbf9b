import { growUint8 } from '../profile/growColumn';

/** Appends bytes and text to one growing array. */
export class ByteWriter {
  private array: Uint8Array = new Uint8Array(1 << 14);
  private length = 0;
  private readonly encoder = new TextEncoder();

  bytes(bytes: Uint8Array): void {
    this.array = growUint8(this.array, this.length + bytes.length);
    this.array.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** Text without characters above U+007F. */
  ascii(text: string): void {
    this.array = growUint8(this.array, this.length + text.length);
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
