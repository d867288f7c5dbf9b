import type { ProfileBuilder } from '../../profile/profileBuilder';
import { sortByTime } from '../../profile/sortByTime';
import { stableOrder } from '../../profile/stableOrder';
import { PairTable } from '../../profile/tupleTables';
import { CallFrames } from '../cpuprofile/callFrames';
import { CpuprofileColumns } from '../cpuprofile/cpuprofileColumns';
import { type CpuprofileRepairs, type CpuprofileTree, internTree } from '../cpuprofile/cpuprofileTree';
import { JsonScanner } from '../json/jsonScanner';
import type { CpuTrace, TraceCpu } from './traceCpu';

/** The samples of one CPU profile of a trace, by time. Microseconds of the trace's clock. */
export interface CpuSamples {
  readonly trace: CpuTrace;
  readonly start: number;
  readonly end: number;
  readonly stack: Int32Array;
  readonly time: Float64Array;
}

/** Puts the chunks of CPU profiles together, and interns their trees. */
export class CpuAssembler {
  readonly repairs: CpuprofileRepairs = {
    duplicateIds: 0,
    dangling: 0,
    secondParents: 0,
    cycles: 0,
    unknownSamples: 0,
    lengths: 0,
  };
  /** Profiles whose beginning is not in the file. */
  guessedStarts = 0;
  /** Ticks of pairs of a stack and a line. */
  private readonly tickKeys = new PairTable();
  private readonly ticks: number[] = [];
  private readonly localFrame: Int32Array;
  private readonly localOwner: Int32Array;
  private owner = 0;

  constructor(
    private readonly builder: ProfileBuilder,
    private readonly cpu: TraceCpu,
  ) {
    this.localFrame = new Int32Array(cpu.callFrames.length);
    this.localOwner = new Int32Array(cpu.callFrames.length);
  }

  /** The samples of a profile. To be called once for each. */
  assemble(trace: CpuTrace): CpuSamples {
    const { cpu } = this;
    const chunks = inOrder(trace);
    const { translate } = this.internNodes(chunks);
    let length = 0;
    for (const chunk of chunks) {
      length += chunk.samplesEnd - chunk.samples;
    }
    const start = trace.startTime ?? this.guessStart(chunks);
    const stack = new Int32Array(length);
    const time = new Float64Array(length);
    const line = new Int32Array(length);
    let at = 0;
    let clock = start;
    let descends = false;
    for (const { samples, samplesEnd, deltas, deltasEnd, lines, linesEnd } of chunks) {
      const count = samplesEnd - samples;
      this.repairs.lengths += count === deltasEnd - deltas ? 0 : 1;
      for (let i = 0; i < count; i++) {
        const delta = deltas + i < deltasEnd ? cpu.delta[deltas + i] : 0;
        descends ||= delta < 0;
        clock += delta;
        stack[at] = cpu.sample[samples + i];
        time[at] = clock;
        line[at] = lines + i < linesEnd ? cpu.line[lines + i] : 0;
        at++;
      }
    }
    this.repairs.unknownSamples += translate(stack);
    this.addTicks(stack, line);
    if (descends) {
      sortByTime(time, stack, null);
    }
    const last = length === 0 ? start : time[length - 1];
    return { trace, start: Math.min(start, time[0] ?? start), end: Math.max(trace.endTime ?? last, last), stack, time };
  }

  /** Chunks are written after the samples in them: without a `Profile`, the first chunk's time is the best there is. */
  private guessStart(chunks: readonly { ts: number; deltas: number; deltasEnd: number }[]): number {
    this.guessedStarts++;
    if (chunks.length === 0 || Number.isNaN(chunks[0].ts)) {
      return 0;
    }
    let sum = 0;
    for (let i = chunks[0].deltas; i < chunks[0].deltasEnd; i++) {
      sum += this.cpu.delta[i];
    }
    return chunks[0].ts - sum;
  }

  private internNodes(
    chunks: readonly { nodes: number; nodesEnd: number; links: number; linksEnd: number }[],
  ): CpuprofileTree {
    const { cpu } = this;
    const owner = ++this.owner;
    const callFrames = new CallFrames(new JsonScanner(new Uint8Array(0), ''), this.builder.strings);
    const name: number[] = [];
    const url: number[] = [];
    const line: number[] = [];
    const column: number[] = [];
    const columns = new CpuprofileColumns(callFrames, 0);
    for (const { nodes, nodesEnd, links, linksEnd } of chunks) {
      const shift = columns.nodes - nodes;
      for (let row = nodes; row < nodesEnd; row++) {
        columns.reserveNode();
        const of = cpu.nodeCallFrame[row];
        if (of >= 0 && this.localOwner[of] !== owner) {
          this.localOwner[of] = owner;
          this.localFrame[of] = name.length;
          name.push(cpu.callFrames.a[of]);
          url.push(cpu.callFrames.b[of]);
          line.push(cpu.callFrames.c[of]);
          column.push(cpu.callFrames.d[of]);
        }
        columns.id[columns.nodes] = cpu.nodeId[row];
        columns.callFrame[columns.nodes] = of < 0 ? -1 : this.localFrame[of];
        columns.nodes++;
      }
      for (let link = links; link < linksEnd; link++) {
        const row = cpu.linkRow[link] + shift;
        if (cpu.linkUp[link] === 1) {
          columns.addParent(row, cpu.linkId[link]);
        } else {
          columns.addLink(row, cpu.linkId[link]);
        }
      }
    }
    callFrames.length = name.length;
    callFrames.name = Int32Array.from(name);
    callFrames.url = Int32Array.from(url);
    callFrames.line = Int32Array.from(line);
    callFrames.column = Int32Array.from(column);
    return internTree(this.builder, columns, this.repairs, 'never');
  }

  private addTicks(stack: Int32Array, line: Int32Array): void {
    for (let i = 0; i < stack.length; i++) {
      if (stack[i] >= 0 && line[i] > 0) {
        const key = this.tickKeys.intern(stack[i], line[i]);
        this.ticks[key] = (this.ticks[key] ?? 0) + 1;
      }
    }
  }

  /** Adds the lines of all samples to the builder. */
  finish(): void {
    for (let key = 0; key < this.tickKeys.length; key++) {
      this.builder.addLeafLine(this.tickKeys.a[key], this.tickKeys.b[key], this.ticks[key]);
    }
  }
}

/** A profile's chunks in the order in which they were written. */
function inOrder({ chunks }: CpuTrace): CpuTrace['chunks'] {
  const order = stableOrder(Float64Array.from(chunks, ({ ts }) => (Number.isNaN(ts) ? Number.NEGATIVE_INFINITY : ts)));
  return order === null ? chunks : Array.from(order, (index) => chunks[index]);
}
