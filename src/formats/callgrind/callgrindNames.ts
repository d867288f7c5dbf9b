import { frameKind } from '../../profile/frameKind';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { QuadTable } from '../../profile/tupleTables';

/** The three spaces of names that are compressed apart from each other. */
export type NameSpace = 'file' | 'function' | 'object';

/** A node of the call graph: a function in a file and an object, at a recursion level. */
interface Node {
  readonly func: number;
  readonly file: number;
}

/** Names, `(id) name` and `(id)` among them, and what they stand for. */
export class CallgrindNames {
  private readonly known: Readonly<Record<NameSpace, Map<string, number>>> = {
    file: new Map(),
    function: new Map(),
    object: new Map(),
  };
  private readonly nodes = new QuadTable();
  private readonly nodeOf: Node[] = [];
  /** How code runs that the file is about. */
  private kind: number = frameKind.unknown;
  private recursionMarks = false;

  constructor(private readonly builder: ProfileBuilder) {}

  /** Learns who wrote the file. */
  setCreator(creator: string): void {
    const valgrind = /^(callgrind|cachegrind)/.test(creator);
    this.kind = valgrind ? frameKind.native : frameKind.unknown;
    this.recursionMarks = valgrind;
  }

  /** String index of a name as it stands in the file; a compressed one is looked up or learnt. */
  read(space: NameSpace, text: string): number {
    const match = /^\((\d{1,15})\)\s*/.exec(text);
    if (match === null) {
      return this.builder.string(text);
    }
    const name = text.slice(match[0].length);
    const known = this.known[space];
    if (name !== '') {
      const index = this.builder.string(name);
      known.set(match[1], index);
      return index;
    }
    return known.get(match[1]) ?? this.builder.string(`(${match[1]})`);
  }

  /** Number of nodes. */
  get length(): number {
    return this.nodes.length;
  }

  /** Index of the node of a function; all are string indices, the object -1 for none. */
  node(name: number, file: number, object: number): number {
    const node = this.nodes.intern(name, file, object, 0);
    if (node === this.nodeOf.length) {
      this.nodeOf.push({ func: this.func(name, file, object), file });
    }
    return node;
  }

  /** Frame of a node at a line of its own file. */
  frame(node: number, line: number): number {
    const { func } = this.nodeOf[node];
    return this.builder.frame(func, line, false, this.kindOf(node));
  }

  /** String index of a node's file. */
  fileOf(node: number): number {
    return this.nodeOf[node].file;
  }

  /** Frame of code from another file that was inlined into a node's function; callgrind does not know its name. */
  inlined(node: number, file: number, line: number): number {
    const func = this.func(this.nodes.a[node], file, this.nodes.c[node]);
    return this.builder.frame(func, line, true, this.kindOf(node));
  }

  private kindOf(node: number): number {
    if (this.kind !== frameKind.unknown) {
      return this.kind;
    }
    return this.builder.strings.text(this.nodes.a[node]).startsWith('php::') ? frameKind.native : this.kind;
  }

  private func(name: number, file: number, object: number): number {
    const { builder } = this;
    const text = builder.strings.text(name);
    const path = builder.strings.text(file);
    const library = object < 0 ? '' : builder.strings.text(object);
    const isFile = path !== '' && path !== '???' && path !== 'php:internal';
    const isLibrary = library !== '' && library !== '???';
    return builder.func(
      builder.string(this.functionName(text, isLibrary ? library : '')),
      isFile ? file : -1,
      0,
      0,
      isLibrary ? object : -1,
    );
  }

  /** `fib'2` is `fib`, called by itself; an address without a name is shown in its library. */
  private functionName(text: string, library: string): string {
    const name = this.recursionMarks ? text.replace(/'\d{1,9}$/, '') : text;
    if (library !== '' && /^0x[\da-fA-F]{1,16}$/.test(name)) {
      return `${library.slice(library.lastIndexOf('/') + 1)}+${name.replace(/^0x0+(?=.)/, '0x')}`;
    }
    return name;
  }
}
