import { frameKind } from '../../profile/frameKind';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { humanClassName, likelySourceFile } from './javaNames';
import type { JfrTypes } from './jfrMetadata';
import { type JfrPlan, slotKind } from './jfrPlan';
import type { JfrPool, JfrPools } from './jfrPools';
import type { JfrReader } from './jfrReader';

const frameFields = [['method'], ['lineNumber', 'line'], ['type']] as const;
const [METHOD, LINE, TYPE] = [0, 1, 2];

/** Descriptor that async-profiler gives to code that is not Java's. */
const NATIVE_DESCRIPTOR = '()L;';
const UNKNOWN = -2;

/** The stack traces of one chunk, made into stacks of the profile when a sample first refers to them. */
export class JfrStacks {
  private readonly pool: JfrPool | undefined;
  private readonly frames: JfrPlan | null = null;
  private readonly methods: JfrPool | undefined;
  private readonly stackOf: Int32Array;
  private readonly functionOf: Int32Array;
  /** By frame type: a kind, and 16 where inlined. */
  private readonly kinds = new Map<number, number>();

  constructor(
    private readonly builder: ProfileBuilder,
    private readonly reader: JfrReader,
    private readonly pools: JfrPools,
    types: JfrTypes,
  ) {
    const trace = [...types.values()].find(({ name }) => name === 'jdk.types.StackTrace');
    this.pool = trace === undefined ? undefined : pools.pool(trace.id);
    const field = trace?.fields.find(({ name, array }) => name === 'frames' && array);
    if (this.pool !== undefined && field !== undefined) {
      this.frames = this.pool.plan.elementsOf(field, frameFields);
      const methods = pools.pool(this.frames.pool[METHOD]);
      this.methods = methods?.type.name === 'jdk.types.Method' ? methods : undefined;
    }
    this.stackOf = new Int32Array(this.pool?.index.length ?? 0).fill(UNKNOWN);
    this.functionOf = new Int32Array(this.methods?.index.length ?? 0).fill(-1);
  }

  /** Number of a stack trace by its key's halves, -1 where the chunk has none such. */
  find(low: number, high: number): number {
    return this.pool === undefined ? -1 : this.pool.index.find(low, high);
  }

  /** Whether the recorder cut the trace's root off. */
  isTruncated(trace: number): boolean {
    return this.pool !== undefined && this.pool.plan.kind[1] !== slotKind.absent && this.pool.lowOf(trace, 1) !== 0;
  }

  /** Stack index of a trace, -1 where it has no frames. */
  stack(trace: number): number {
    let stack = this.stackOf[trace];
    if (stack === UNKNOWN) {
      stack = this.read(trace);
      this.stackOf[trace] = stack;
    }
    return stack;
  }

  private read(trace: number): number {
    const { reader, builder, frames } = this;
    if (frames === null || frames.empty || this.pool!.plan.kind[0] !== slotKind.array) {
      return -1;
    }
    const before = reader.pos;
    reader.pos = this.pool!.lowOf(trace, 0);
    const count = reader.count(1);
    // Innermost first in the file, the root first here.
    const found = scratch(count);
    for (let i = count - 1; i >= 0; i--) {
      frames.run(reader);
      found[i] = this.frame(frames);
    }
    reader.pos = before;
    let stack = -1;
    for (let i = 0; i < count; i++) {
      stack = builder.stack(stack, found[i]);
    }
    return stack;
  }

  private frame(frames: JfrPlan): number {
    const method = this.methods === undefined ? -1 : this.methods.index.find(frames.low[METHOD], frames.high[METHOD]);
    const line = frames.kind[LINE] === slotKind.integer && frames.low[LINE] > 0 ? frames.low[LINE] : 0;
    const type = frames.low[TYPE];
    let kind = frames.kind[TYPE] === slotKind.text ? undefined : this.kinds.get(type);
    if (kind === undefined) {
      kind = kindOf(this.pools.slotText(frames, TYPE) ?? '');
      this.kinds.set(type, kind);
    }
    return this.builder.frame(this.func(method), line, kind > 15, kind & 15);
  }

  private func(method: number): number {
    const { builder } = this;
    if (method < 0) {
      return builder.func(builder.string('[unknown]'), -1, 0, 0);
    }
    let func = this.functionOf[method];
    if (func < 0) {
      const { pools } = this;
      const methods = this.methods!;
      const name = pools.constantText(methods, method, 0) || '[unknown]';
      const owner = pools.constantText(methods, method, 1) ?? '';
      if (owner === '' || pools.constantText(methods, method, 2) === NATIVE_DESCRIPTOR) {
        // Code of a library: what a class's name is elsewhere is the library's.
        func = builder.func(builder.string(name), -1, 0, 0, owner === '' ? -1 : builder.string(owner));
      } else {
        const file = likelySourceFile(owner);
        const full = builder.string(`${humanClassName(owner)}.${name}`);
        func = builder.func(full, file === null ? -1 : builder.string(file), 0, 0);
      }
      this.functionOf[method] = func;
    }
    return func;
  }
}

/** The JDK's frame types are Interpreted, JIT compiled, Inlined, Native; async-profiler adds C++, Kernel, C1 compiled. */
function kindOf(type: string): number {
  switch (type) {
    case 'Interpreted':
      return frameKind.interpreted;
    case 'Inlined':
      return frameKind.compiled + 16;
    case 'Kernel':
      return frameKind.kernel;
    case 'Native':
    case 'C++':
    case 'C':
      return frameKind.native;
    default:
      return /compiled/i.test(type) ? frameKind.compiled : frameKind.unknown;
  }
}

let shared = new Int32Array(256);

function scratch(length: number): Int32Array {
  if (shared.length < length) {
    shared = new Int32Array(length * 2);
  }
  return shared;
}
