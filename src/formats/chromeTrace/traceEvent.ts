import type { StringTable } from '../../profile/stringTable';
import type { JsonScanner } from '../json/jsonScanner';
import { ARGS, CAT, DUR, hints, ID, LONGEST, NAME, PH, PID, SF, TID, TS, WEIG } from './traceMembers';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

/** Numbers that stand for texts, where an id is a text: below every id that is a number. */
const TEXT_ID = -(2 ** 52);

/**
 * Reads one event of a Chrome trace into its fields, without an object of it. The format:
 * https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU ("Trace Event Format").
 */
export class TraceEvent {
  /** Character code of the phase, 0 for none. */
  ph = 0;
  /** String index, -1 for none. */
  name = -1;
  /** Microseconds, NaN for none. */
  ts = Number.NaN;
  dur = Number.NaN;
  /** Numbers; texts as `idText` tells; NaN for none. */
  pid = Number.NaN;
  tid = Number.NaN;
  /** Of asynchronous events and CPU profiles: index in `ids`, -1 for none. */
  id = -1;
  /** Whether the id is of the process only. */
  idLocal = false;
  /** Stack frame: index in `ids`, -1 for none. */
  sf = -1;
  weight = 1;
  /** Index of the category in `ids`, 0 for none; only where `id` is there. */
  cat = 0;
  /** Where in the scanner's bytes the value of `args` stands, -1 for none. */
  args = -1;
  /** Whether `args` may say where in the source the event comes from. */
  hinted = false;

  private catFrom = -1;
  private catEnd = -1;

  constructor(
    private readonly scanner: JsonScanner,
    private readonly strings: StringTable,
    readonly ids: StringTable,
  ) {}

  /** The text that an id stands for; null where it is a number. */
  idText(id: number): string | null {
    return id <= TEXT_ID ? this.ids.text(TEXT_ID - id) : null;
  }

  /** Reads the event at the scanner's position. @throws DecodeError where it is no object */
  read(): void {
    const { scanner } = this;
    const { bytes } = scanner;
    this.ph = 0;
    this.name = -1;
    this.ts = Number.NaN;
    this.dur = Number.NaN;
    this.pid = Number.NaN;
    this.tid = Number.NaN;
    this.id = -1;
    this.idLocal = false;
    this.sf = -1;
    this.weight = 1;
    this.catFrom = -1;
    this.args = -1;
    this.hinted = false;
    scanner.enterObject('a trace event, an object');
    const begin = scanner.pos;
    this.plainMembers();
    for (let first = scanner.pos === begin; ; first = false) {
      let byte = scanner.peek();
      if (byte === CLOSE_OBJECT) {
        scanner.pos++;
        break;
      }
      if (!first) {
        if (byte !== COMMA) {
          scanner.fail('"," or "}"');
        }
        scanner.pos++;
        byte = scanner.peek();
      }
      if (byte !== QUOTE) {
        scanner.fail('the name of a member');
      }
      this.member();
    }
    this.cat = this.id >= 0 && this.catFrom >= 0 ? this.ids.internBytes(bytes, this.catFrom, this.catEnd) : 0;
  }

  /**
   * Reads members as most tools write them: no blanks, few escapes, small numbers. Stops, where the scanner then stands,
   * before one that is written in another way, and at the object's end. One function with its loop, for speed: members
   * are known by four bytes of their names.
   */
  private plainMembers(): void {
    const { scanner } = this;
    const { bytes } = scanner;
    const end = bytes.length;
    // Nothing is read behind the array's end, where it would be `undefined`: that alone makes V8's code far slower.
    const safe = end - LONGEST;
    let { pos } = scanner;
    while (pos < safe) {
      // Behind "{" or a value: the member begins here, or after a comma.
      let at = bytes[pos] === COMMA ? pos + 1 : pos;
      if (bytes[at] !== QUOTE) {
        break;
      }
      const word = bytes[at + 1] | (bytes[at + 2] << 8) | (bytes[at + 3] << 16) | (bytes[at + 4] << 24);
      let colon = at + 5;
      if (word >>> 16 === 0x3a22) {
        colon = at + 4;
      } else if (bytes[at + 5] === QUOTE) {
        colon = at + 6;
      } else if (bytes[at + 2] === QUOTE) {
        colon = at + 3;
      }
      if (bytes[colon] !== COLON) {
        break;
      }
      at = colon + 1;
      const byte = bytes[at];
      if (byte === QUOTE) {
        const from = at + 1;
        at++;
        while (at < end && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH) {
          at++;
        }
        if (at >= end - 1 || bytes[at] !== QUOTE) {
          break;
        }
        at++;
        if (word === PH && at - from === 2) {
          this.ph = bytes[from];
        } else if (word === CAT) {
          this.catFrom = from - 1;
          this.catEnd = at;
        } else if (word === NAME) {
          this.name = this.strings.internBytes(bytes, from, at - 1);
        } else if (word === ID) {
          this.id = this.ids.internBytes(bytes, from, at - 1);
        } else if (word === TS || word === DUR || word === PID || word === TID || word === SF || word === WEIG) {
          break;
        }
      } else if (byte >= 48 && byte <= 57) {
        const from = at;
        // Nine digits fit an integer, which is quicker; six more stay exact.
        let value = 0;
        let digit = byte - 48;
        while (digit >= 0 && digit <= 9 && at - from < 9) {
          value = (Math.imul(value, 10) + digit) | 0;
          digit = bytes[++at] - 48;
        }
        let exact = value;
        while (digit >= 0 && digit <= 9 && at - from < 15) {
          exact = exact * 10 + digit;
          digit = bytes[++at] - 48;
        }
        if ((bytes[at] !== COMMA && bytes[at] !== CLOSE_OBJECT) || word === ID || word === SF || word === WEIG) {
          break;
        }
        if (word === TS) {
          this.ts = exact;
        } else if (word === DUR) {
          this.dur = exact;
        } else if (word === PID) {
          this.pid = exact;
        } else if (word === TID) {
          this.tid = exact;
        }
      } else if (byte === OPEN_OBJECT && word === ARGS) {
        scanner.pos = at;
        this.skipArgs();
        at = scanner.pos;
        if (at === end) {
          pos = at;
          break;
        }
      } else {
        break;
      }
      pos = at;
    }
    scanner.pos = pos;
  }

  /** Reads the member whose name begins at the scanner's position; it is known by its letters. */
  private member(): void {
    const { scanner } = this;
    const { bytes } = scanner;
    const { pos } = scanner;
    const a = bytes[pos + 1];
    const b = bytes[pos + 2];
    // Of one letter or none, or with an escape at the beginning: none that is known.
    if (a === QUOTE || b === QUOTE || a === BACKSLASH || b === BACKSLASH) {
      scanner.skip();
      this.value(scanner.pos);
      scanner.skip();
      return;
    }
    if (bytes[pos + 3] === QUOTE) {
      this.value(pos + 4);
      if (a === 0x70 && b === 0x68) {
        this.readPhase();
      } else if (a === 0x74 && b === 0x73) {
        this.ts = this.readNumber();
      } else if (a === 0x69 && b === 0x64) {
        this.id = this.readId();
      } else if (a === 0x73 && b === 0x66) {
        this.sf = this.readId();
      } else {
        scanner.skip();
      }
      return;
    }
    const c = bytes[pos + 3];
    if (bytes[pos + 4] === QUOTE && c !== BACKSLASH) {
      this.value(pos + 5);
      if (a === 0x64 && b === 0x75 && c === 0x72) {
        this.dur = this.readNumber();
      } else if (a === 0x70 && b === 0x69 && c === 0x64) {
        this.pid = this.readThread();
      } else if (a === 0x74 && b === 0x69 && c === 0x64) {
        this.tid = this.readThread();
      } else if (a === 0x63 && b === 0x61 && c === 0x74) {
        this.readCategory();
      } else if (a === 0x69 && b === 0x64 && c === 0x32) {
        this.readId2();
      } else {
        scanner.skip();
      }
      return;
    }
    const d = bytes[pos + 4];
    if (bytes[pos + 5] === QUOTE && d !== BACKSLASH) {
      this.value(pos + 6);
      if (a === 0x6e && b === 0x61 && c === 0x6d && d === 0x65) {
        this.readName();
      } else if (a === 0x61 && b === 0x72 && c === 0x67 && d === 0x73) {
        this.skipArgs();
      } else {
        scanner.skip();
      }
      return;
    }
    scanner.skip();
    const weight = scanner.pos - pos === 8 && a === 0x77 && b === 0x65 && c === 0x69 && d === 0x67;
    this.value(scanner.pos);
    if (weight) {
      const value = this.readNumber();
      this.weight = value > 0 ? value : 1;
    } else {
      scanner.skip();
    }
  }

  /** Goes from behind a member's name to its value. */
  private value(pos: number): void {
    const { scanner } = this;
    scanner.pos = pos;
    if (scanner.bytes[pos] !== COLON && scanner.peek() !== COLON) {
      scanner.fail('":"');
    }
    scanner.pos++;
    scanner.peek();
  }

  private readPhase(): void {
    const { scanner } = this;
    const { bytes, pos } = scanner;
    if (bytes[pos] === QUOTE && bytes[pos + 2] === QUOTE && bytes[pos + 1] !== BACKSLASH) {
      this.ph = bytes[pos + 1];
      scanner.pos = pos + 3;
    } else {
      scanner.skip();
    }
  }

  /** A number, also in quotes as some tools write it; NaN for anything else and for what no clock shows. */
  private readNumber(): number {
    const { scanner } = this;
    const byte = scanner.bytes[scanner.pos];
    let value = Number.NaN;
    if (byte === QUOTE) {
      value = Number(scanner.textOrNull() || Number.NaN);
    } else if (byte === 0x2d || (byte >= 48 && byte <= 57)) {
      value = scanner.number('a number');
    } else {
      scanner.skip();
    }
    return Math.abs(value) < 2 ** 53 ? value : Number.NaN;
  }

  /** A process's or thread's id: a number, or a text as a number below them. */
  private readThread(): number {
    const { scanner } = this;
    if (scanner.bytes[scanner.pos] !== QUOTE) {
      const id = this.readNumber();
      return id > TEXT_ID ? id : Number.NaN;
    }
    const index = scanner.string(this.ids, 'an id');
    const text = this.ids.text(index);
    return /^\d{1,15}$/.test(text) ? Number(text) : TEXT_ID - index;
  }

  /** An id as it is written. @returns its index, -1 for none */
  private readId(): number {
    const { scanner } = this;
    const { pos } = scanner;
    if (scanner.bytes[pos] === QUOTE) {
      return scanner.string(this.ids, 'an id');
    }
    scanner.skip();
    return this.ids.internBytes(scanner.bytes, pos, scanner.pos);
  }

  /** `{"local": "0x1"}` or `{"global": "0x1"}`. */
  private readId2(): void {
    const { scanner } = this;
    if (scanner.bytes[scanner.pos] !== OPEN_OBJECT) {
      scanner.skip();
      return;
    }
    scanner.pos++;
    for (let first = true; ; first = false) {
      const kind = scanner.name(first);
      if (kind === null) {
        return;
      }
      scanner.peek();
      if (kind === 'local' || kind === 'global') {
        this.id = this.readId();
        this.idLocal = kind === 'local';
      } else {
        scanner.skip();
      }
    }
  }

  private readCategory(): void {
    const { scanner } = this;
    this.catFrom = scanner.pos;
    scanner.skip();
    this.catEnd = scanner.pos;
  }

  private readName(): void {
    const { scanner } = this;
    if (scanner.bytes[scanner.pos] === QUOTE) {
      this.name = scanner.string(this.strings, 'a name');
    } else {
      scanner.skip();
    }
  }

  /** Goes behind `args`, and looks on the way whether it is worth reading. */
  private skipArgs(): void {
    const { scanner } = this;
    const { bytes } = scanner;
    const end = bytes.length;
    let { pos } = scanner;
    this.args = pos;
    if (bytes[pos] !== OPEN_OBJECT) {
      this.args = -1;
      scanner.skip();
      return;
    }
    let depth = 0;
    let hinted = 0;
    while (pos < end) {
      const byte = bytes[pos++];
      if (byte === QUOTE) {
        if (pos < end - 1) {
          hinted |= hints[(bytes[pos] << 8) | bytes[pos + 1]];
        }
        while (pos < end && bytes[pos] !== QUOTE) {
          pos += bytes[pos] === BACKSLASH ? 2 : 1;
        }
        pos++;
      } else if (byte < OPEN_ARRAY) {
        // Digits, commas and colons.
      } else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
        depth++;
      } else if ((byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) && --depth === 0) {
        scanner.pos = pos;
        this.hinted = hinted !== 0;
        return;
      }
    }
    scanner.pos = end;
    scanner.fail('the end of "args"');
  }
}
