import { growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { StringTable } from '../../profile/stringTable';
import type { JsonScanner } from '../json/jsonScanner';
import { type EventPlace, readNameArg, readPlace } from './traceArgs';
import { TraceAsync } from './traceAsync';
import { TraceCpu } from './traceCpu';
import { TraceEvent } from './traceEvent';
import { TraceSampled } from './traceSampled';
import { BEGIN, COMPLETE, END_OF_SPAN, TraceSpans } from './traceSpans';
import { TraceThreads } from './traceThreads';

/** Phases, as character codes. */
const phase = {
  begin: 0x42,
  end: 0x45,
  complete: 0x58,
  asyncBegin: 0x62,
  asyncEnd: 0x65,
  asyncStart: 0x53,
  asyncFinish: 0x46,
  sample: 0x50,
  metadata: 0x4d,
};

/** VizTracer's names: `function (/path/file.py:12)`. */
const PLACED_NAME = /^(.+) \(([^()]+):(\d{1,9})\)$/;

/** What a trace has in it, as columns, event by event. */
export class TraceFile {
  readonly event: TraceEvent;
  readonly threads: TraceThreads;
  readonly spans = new TraceSpans();
  readonly async: TraceAsync;
  readonly cpu: TraceCpu;
  readonly sampled = new TraceSampled();
  /** Events of all kinds. */
  events = 0;
  /** Events without a duration: instants, counters, flows, objects. */
  momentary = 0;
  /** Events that would be read, had they a time. */
  timeless = 0;
  /** Whether events say which line was running, or where their function is declared. */
  hasCallLines = false;
  hasDeclarations = false;
  startTimeMs: number | null = null;

  private readonly place: EventPlace = {
    file: -1,
    functionName: -1,
    detail: -1,
    line: 0,
    column: 0,
    declared: false,
  };
  /** Frame of each event's name, -1 where not known yet. */
  private frameOfName: Int32Array = new Int32Array(256).fill(-1);
  private readonly profileName: number;
  private readonly chunkName: number;
  private readonly wholeName: number;

  constructor(
    private readonly scanner: JsonScanner,
    readonly builder: ProfileBuilder,
  ) {
    this.event = new TraceEvent(scanner, builder.strings, new StringTable());
    this.threads = new TraceThreads(this.event);
    this.async = new TraceAsync(this.threads);
    this.cpu = new TraceCpu(scanner, builder.strings);
    this.profileName = builder.string('Profile');
    this.chunkName = builder.string('ProfileChunk');
    this.wholeName = builder.string('CpuProfile');
  }

  /** Reads the event at the scanner's position. */
  readEvent(): void {
    const { event, scanner } = this;
    event.read();
    this.events++;
    const end = scanner.pos;
    scanner.pos = event.args;
    this.take();
    scanner.pos = end;
  }

  private take(): void {
    const { event } = this;
    switch (event.ph) {
      case phase.complete:
        this.addSpan(COMPLETE);
        break;
      case phase.begin:
        this.addSpan(BEGIN);
        break;
      case phase.end:
        if (Number.isNaN(event.ts)) {
          this.timeless++;
        } else {
          const thread = this.threads.index(event.pid, event.tid);
          this.spans.add(thread, END_OF_SPAN, -1, event.name, event.ts, Number.NaN);
        }
        break;
      case phase.asyncBegin:
      case phase.asyncStart:
        this.addAsync(true);
        break;
      case phase.asyncEnd:
      case phase.asyncFinish:
        this.addAsync(false);
        break;
      case phase.metadata:
        this.takeMetadata();
        break;
      default:
        this.takeOther();
    }
  }

  private takeOther(): void {
    const { event } = this;
    const begins = event.name === this.profileName || event.name === this.wholeName;
    if ((begins || event.name === this.chunkName) && event.args >= 0) {
      this.cpu.read(event, begins);
    } else if (event.ph === phase.sample && event.sf >= 0) {
      this.addSample();
    } else {
      this.momentary++;
    }
  }

  private addSpan(kind: number): void {
    const { event } = this;
    if (Number.isNaN(event.ts)) {
      this.timeless++;
      return;
    }
    const thread = this.threads.index(event.pid, event.tid);
    this.spans.add(thread, kind, this.frame(), event.name, event.ts, event.dur);
  }

  private addAsync(begin: boolean): void {
    const { event } = this;
    if (Number.isNaN(event.ts)) {
      this.timeless++;
    } else if (event.id >= 0) {
      this.async.add(event, begin, begin ? this.frame() : -1);
    } else {
      this.momentary++;
    }
  }

  /** Takes the event for an element of the file's member `samples`, which names a thread but no process. */
  takeSample(): void {
    this.events++;
    const { event } = this;
    if (Number.isNaN(event.pid)) {
      event.pid = this.threads.pidOf(event.tid);
    }
    this.addSample();
  }

  private addSample(): void {
    const { event } = this;
    if (Number.isNaN(event.ts)) {
      this.timeless++;
    } else if (event.sf >= 0) {
      this.sampled.add(this.threads.index(event.pid, event.tid), event.sf, event.ts, event.weight);
    }
  }

  private takeMetadata(): void {
    const { event, builder, scanner } = this;
    if (event.args < 0 || event.name < 0) {
      return;
    }
    const what = builder.strings.text(event.name);
    if (what !== 'process_name' && what !== 'thread_name') {
      return;
    }
    const name = readNameArg(scanner);
    if (name === null || name === '') {
      return;
    }
    if (what === 'process_name') {
      this.threads.process(event.pid).name = name;
    } else {
      this.threads.all[this.threads.index(event.pid, event.tid)].name = name;
    }
  }

  /** Frame of the event, with its place in the source where `args` say it. */
  private frame(): number {
    const { event } = this;
    if (event.hinted && event.args >= 0) {
      const { place, builder } = this;
      readPlace(this.scanner, builder.strings, place);
      if (place.file >= 0 || place.functionName >= 0 || place.detail > 0) {
        return this.placedFrame(place);
      }
    }
    return this.namedFrame(Math.max(0, event.name));
  }

  private placedFrame(place: EventPlace): number {
    const { builder, event } = this;
    let name = place.functionName >= 0 ? place.functionName : event.name;
    if (place.functionName < 0 && place.detail > 0) {
      // What Clang compiles is the point of its events.
      name = builder.string(
        `${event.name < 0 ? '' : builder.strings.text(event.name)}: ${builder.strings.text(place.detail)}`,
      );
    }
    if (name < 0) {
      name = builder.string('(anonymous)');
    }
    if (place.file < 0 || place.line === 0) {
      return builder.frame(builder.func(name, place.file, 0, 0), 0, false);
    }
    if (place.declared) {
      this.hasDeclarations = true;
      return builder.frame(builder.func(name, place.file, place.line, place.column), place.line, false);
    }
    this.hasCallLines = true;
    return builder.frame(builder.func(name, place.file, 0, 0), place.line, false);
  }

  private namedFrame(name: number): number {
    if (name >= this.frameOfName.length) {
      const known = this.frameOfName.length;
      this.frameOfName = growInt32(this.frameOfName, name + 1).fill(-1, known);
    }
    let frame = this.frameOfName[name];
    if (frame < 0) {
      const { builder } = this;
      const text = builder.strings.text(name);
      const placed = PLACED_NAME.exec(text);
      if (placed === null) {
        frame = builder.frame(builder.func(text === '' ? builder.string('(anonymous)') : name, -1, 0, 0), 0, false);
      } else {
        const line = Number(placed[3]);
        this.hasDeclarations ||= line > 0;
        frame = builder.frame(builder.func(builder.string(placed[1]), builder.string(placed[2]), line, 0), line, false);
      }
      this.frameOfName[name] = frame;
    }
    return frame;
  }
}
