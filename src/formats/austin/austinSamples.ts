import { frameKind } from '../../profile/frameKind';
import { growFloat64, growInt32, growUint8 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { PairTable, QuadTable } from '../../profile/tupleTables';
import { LateStacks } from '../lateStacks';
import { AustinMaps } from './austinMaps';

/** Source files of native code, as austinp resolves it. */
const nativeSource = /\.(c|cc|cpp|cxx|h|hh|hpp|inl|m|mm|rs|pyx|pxd)$/i;
const nativeBinary = /\.(so|dylib|dll|pyd|exe)(\.[\d.]+)?$/i;

/** What Austin's text and MOJO files have in common: metadata, threads, frames and samples with up to three metrics. */
export class AustinSamples {
  readonly builder = new ProfileBuilder();
  readonly stacks = new LateStacks();
  readonly notes: string[] = [];
  /** `mode` of the metadata: wall, cpu, memory or full; '' where it does not say. */
  mode = '';
  private durationMs: number | null = null;
  private readonly maps = new AustinMaps();
  /** Name, file (-1 for none), line and kind of each frame. */
  private readonly frames = new QuadTable();
  private readonly threadOf = new Map<string, number>();
  private readonly clocks: number[] = [];
  private now = 0;

  private rows = 0;
  private stack: Int32Array = new Int32Array(64);
  private thread: Int32Array = new Int32Array(64);
  private idle: Uint8Array = new Uint8Array(64);
  private time: Float64Array = new Float64Array(64);
  private memory: Float64Array = new Float64Array(64);
  private start: Float64Array = new Float64Array(64);
  private hasTime = false;
  private hasMemory = false;
  /** Each stack of a thread once; as many as samples where a tool has added up equal ones. */
  private readonly different = new PairTable();

  get length(): number {
    return this.rows;
  }

  metadata(key: string, value: string): void {
    if (key === 'mode') {
      this.mode = value.trim();
    } else if (key === 'duration' && /^\d{1,18}$/.test(value.trim())) {
      this.durationMs = Number(value) / 1000;
    } else if (key === 'map') {
      this.maps.add(value);
    }
  }

  /**
   * @param interpreter id of the sub-interpreter, null or '0' for the main one
   * @param tid the system's thread id, null where it is no number
   */
  threadIndex(pid: number | null, interpreter: string | null, tid: number | null, text: string): number {
    const key = `${pid} ${interpreter} ${text}`;
    let thread = this.threadOf.get(key);
    if (thread === undefined) {
      const other = interpreter !== null && interpreter !== '0' ? `interpreter ${interpreter}` : '';
      const name = tid === null ? text : '';
      thread = this.builder.addThread({
        name: other !== '' && name !== '' ? `${name}, ${other}` : `${name}${other}`,
        process: null,
        pid: pid !== null && Number.isSafeInteger(pid) ? pid : null,
        tid: tid !== null && Number.isSafeInteger(tid) ? tid : null,
      });
      this.threadOf.set(key, thread);
      this.clocks.push(-1);
    }
    return thread;
  }

  /** Index of a frame by the builder's strings; `line` is 1-based or 0. */
  frame(file: number, name: number, line: number, kind: number): number {
    return this.frames.intern(name, file, line, kind);
  }

  /** Index of a frame as Austin names it. */
  frameOf(file: string, name: string, line: number): number {
    const { builder } = this;
    const known = line > 0 && line < 2 ** 31 ? line : 0;
    if (file === 'kernel' && known === 0) {
      return this.frame(-1, builder.string(name), 0, frameKind.kernel);
    }
    if (file === '' || (file === name && known === 0)) {
      // Marks of Austin's own (`GC`, `INVALID`), and symbols without a file.
      return this.frame(-1, builder.string(name), 0, file === '' ? frameKind.unknown : frameKind.native);
    }
    const native = /^native@[0-9a-f]+$/i.test(file) || nativeBinary.test(file) || nativeSource.test(file);
    return this.frame(builder.string(file), builder.string(name), known, native ? frameKind.native : frameKind.unknown);
  }

  /** Whether a frame is one of Python's, by the rule of Austin's own reader. */
  isPython(frame: number): boolean {
    const file = this.frames.b[frame];
    const text = file < 0 ? '' : this.builder.strings.text(file);
    return text.endsWith('.py') || (text.startsWith('<') && text.endsWith('>'));
  }

  /**
   * Adds a sample.
   * @param time microseconds since the thread's sample before, null where not recorded
   * @param memory bytes that resident memory grew by, null where not recorded
   */
  add(thread: number, stack: number, time: number | null, memory: number | null, idle: boolean): void {
    const row = this.rows++;
    if (row >= this.stack.length) {
      this.stack = growInt32(this.stack, row + 1);
      this.thread = growInt32(this.thread, row + 1);
      this.idle = growUint8(this.idle, row + 1);
      this.time = growFloat64(this.time, row + 1);
      this.memory = growFloat64(this.memory, row + 1);
      this.start = growFloat64(this.start, row + 1);
    }
    this.hasTime ||= time !== null;
    this.hasMemory ||= memory !== null;
    this.stack[row] = stack;
    this.thread[row] = thread;
    this.idle[row] = idle ? 1 : 0;
    this.time[row] = time ?? 0;
    this.memory[row] = memory ?? 0;
    this.different.intern(thread * 2 + (idle ? 1 : 0), stack);
    // Austin records how long a sample took, not when: a thread's samples follow each other, and a thread that comes up
    // begins with the round of samples it is first in, which have the same duration.
    const took = Math.max(0, time ?? 0);
    const begin = this.clocks[thread] < 0 ? Math.max(0, this.now - took) : this.clocks[thread];
    this.start[row] = begin;
    this.clocks[thread] = begin + took;
    this.now = Math.max(this.now, begin + took);
  }

  /** @returns the profile; its times are sums of the samples' durations, where samples are in the order of recording */
  finish(): Profile {
    const { builder } = this;
    const memoryAlone = this.mode === 'memory' || (this.hasMemory && !this.hasTime);
    const full = !memoryAlone && (this.mode === 'full' || (this.hasMemory && this.hasTime));
    const samples = builder.addSampleType('samples', 'count');
    const time = memoryAlone ? -1 : builder.addSampleType(this.mode === 'cpu' ? 'cpu' : 'wall', 'microseconds');
    const cpu = full ? builder.addSampleType('cpu', 'microseconds') : -1;
    const grown = memoryAlone || full ? builder.addSampleType('memory_growth', 'bytes') : -1;
    const shrunk = grown < 0 ? -1 : builder.addSampleType('memory_release', 'bytes');
    const moduleOf = this.maps.finder();
    const stackOf = this.stacks.finish(builder, (frame) => this.finishFrame(frame, moduleOf));
    // In CPU mode the samples that would fill the gaps are not there. Tools such as austin-compress add equal stacks up,
    // which leaves no order.
    const ordered =
      this.hasTime && this.mode !== 'cpu' && Number.isFinite(this.now) && this.different.length < this.rows;
    for (let row = 0; row < this.rows; row++) {
      const stack = this.stack[row];
      const at = builder.addSample(
        stack < 0 ? -1 : stackOf[stack],
        this.thread[row],
        ordered ? this.start[row] * 1000 : null,
        -1,
      );
      builder.setValue(at, samples, 1);
      if (time >= 0) {
        builder.setValue(at, time, this.time[row]);
      }
      if (cpu >= 0 && this.idle[row] === 0) {
        builder.setValue(at, cpu, this.time[row]);
      }
      if (grown >= 0) {
        builder.setValue(at, this.memory[row] > 0 ? grown : shrunk, Math.abs(this.memory[row]));
      }
    }
    return builder.finish({
      formats: ['austin'],
      durationMs: this.durationMs,
      startTimeMs: null,
      defaultSampleType: 1,
      lines: 'call',
      notes: this.notes,
    });
  }

  private finishFrame(frame: number, moduleOf: (address: number) => string | null): number {
    const { builder, frames } = this;
    const [name, file, line, kind] = [frames.a[frame], frames.b[frame], frames.c[frame], frames.d[frame]];
    if (kind !== frameKind.native || file < 0) {
      return builder.frame(builder.func(name, file, 0, 0), line, false, kind);
    }
    const path = builder.strings.text(file);
    if (path.startsWith('native@')) {
      // The number in the line's place is an offset into the function.
      const module = moduleOf(Number.parseInt(path.slice(7), 16));
      const func = builder.func(name, -1, 0, 0, module === null ? -1 : builder.string(module));
      return builder.frame(func, 0, false, kind);
    }
    return nativeBinary.test(path)
      ? builder.frame(builder.func(name, -1, 0, 0, file), 0, false, kind)
      : builder.frame(builder.func(name, file, 0, 0), line, false, kind);
  }
}
