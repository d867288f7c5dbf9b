import { frameKind } from '../../profile/frameKind';
import { growInt32, growUint8 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { StringTable } from '../../profile/stringTable';
import { PairTable, QuadTable } from '../../profile/tupleTables';
import { LateStacks } from '../lateStacks';

/** What PyPy says of an address in a stack. */
export const vmprofTag = { code: 1, jitted: 3, gc: 5, assembler: 6, native: 7 } as const;

/** Addresses, their names, and the stacks that are made of them: names may stand after the samples. */
export class VmprofStacks {
  readonly stacks = new LateStacks();
  private readonly addresses = new PairTable();
  /** Address, line and tag of each frame. */
  private readonly frames = new QuadTable();
  private readonly names = new StringTable();
  private nameOf: Int32Array = new Int32Array(64);
  private nativeName: Uint8Array = new Uint8Array(64);
  /** Whether any frame has a line. */
  lined = false;

  /** @param tag what PyPy says of the address; 0 elsewhere */
  frame(low: number, high: number, line: number, tag: number): number {
    this.lined ||= line > 0;
    return this.frames.intern(this.addresses.intern(low, high), line, tag, 0);
  }

  /** The bytes `start` to `end` name an address. Where there are two names, one of Python counts more than a native one. */
  name(low: number, high: number, native: boolean, bytes: Uint8Array, start: number, end: number): void {
    const address = this.addresses.intern(low, high);
    this.nameOf = growInt32(this.nameOf, address + 1);
    this.nativeName = growUint8(this.nativeName, address + 1);
    if (!native || this.nameOf[address] === 0 || this.nativeName[address] === 1) {
      this.nameOf[address] = this.names.internBytes(bytes, start, end);
      this.nativeName[address] = native ? 1 : 0;
    }
  }

  finish(builder: ProfileBuilder): Int32Array {
    return this.stacks.finish(builder, (frame) => this.finishFrame(builder, frame));
  }

  private finishFrame(builder: ProfileBuilder, frame: number): number {
    const [address, line, tag] = [this.frames.a[frame], this.frames.b[frame], this.frames.c[frame]];
    const named = address < this.nameOf.length ? this.nameOf[address] : 0;
    const symbol = splitVmprofName(named === 0 ? this.hex(address) : this.names.text(named));
    const kind =
      tag === vmprofTag.code
        ? frameKind.interpreted
        : tag === vmprofTag.jitted
          ? frameKind.compiled
          : tag === vmprofTag.native || symbol.native || (named === 0 && (this.addresses.a[address] & 1) === 1)
            ? frameKind.native
            : frameKind.unknown;
    const text = tag === vmprofTag.gc ? '(garbage collector)' : symbol.name;
    const file = symbol.file === '' || symbol.binary ? -1 : builder.string(symbol.file);
    const module = symbol.binary ? builder.string(symbol.file) : -1;
    const func = builder.func(builder.string(text), file, symbol.line, 0, module);
    return builder.frame(func, this.lined ? line : symbol.line, false, kind);
  }

  private hex(address: number): string {
    const high = (this.addresses.b[address] >>> 0).toString(16);
    const low = (this.addresses.a[address] >>> 0).toString(16);
    return `0x${high === '0' ? low : high + low.padStart(8, '0')}`;
  }
}

export interface VmprofName {
  readonly name: string;
  /** '' where unknown. */
  readonly file: string;
  /** 1-based line of the declaration, 0 where unknown. */
  readonly line: number;
  readonly native: boolean;
  /** Whether `file` is the binary instead of a source. */
  readonly binary: boolean;
}

/** Splits `py:function:line:file`, or `n:symbol:line:file` of native code, whose file is the binary where it has no line. */
export function splitVmprofName(text: string): VmprofName {
  const native = text.startsWith('n:');
  // A symbol of C++ has colons itself; a path of Windows has one.
  const match = (native ? /^n:(.*):(-?\d{1,10}):(.*)$/s : /^\w{1,20}:(.*?):(-?\d{1,10}):(.*)$/s).exec(text);
  if (match === null) {
    return { name: text || '(unknown)', file: '', line: 0, native, binary: false };
  }
  const number = Math.max(0, Number(match[2]));
  const line = number < 2 ** 31 ? number : 0;
  const file = match[3] === '-' ? '' : match[3];
  // As the recorder writes an address that it found no symbol for.
  const name = /^<native symbol (0x[0-9a-f]{1,16})>$/.exec(match[1])?.[1] ?? match[1];
  return { name: name || '(unknown)', file, line, native, binary: native && line === 0 && file !== '' };
}
