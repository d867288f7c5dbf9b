import { growFloat64, growInt32 } from '../../profile/growColumn';
import { PairTable } from '../../profile/tupleTables';
import { DecodeError } from '../decodeError';
import { BYTES, type PprofReader } from './pprofReader';

const SAMPLE_TAG = (2 << 3) | BYTES;
/** Comments to show. */
const MOST_COMMENTS = 10;

/** Ids of 64 bits to rows, in the order of first sight. */
class Ids {
  private readonly pairs = new PairTable();
  /** Rows of the pairs, -1 where an id was looked up but never defined. */
  private rows: Int32Array = new Int32Array(16).fill(-1);
  private known = 0;

  private pair(low: number, high: number): number {
    const pair = this.pairs.intern(low, high);
    if (pair >= this.known) {
      this.rows = growInt32(this.rows, pair + 1);
      this.rows[pair] = -1;
      this.known = pair + 1;
    }
    return pair;
  }

  define(low: number, high: number, row: number): void {
    // `pair` may replace `rows`, so it comes first.
    const pair = this.pair(low, high);
    this.rows[pair] = row;
  }

  row(low: number, high: number): number {
    const pair = this.pair(low, high);
    return this.rows[pair];
  }

  /** Rows by id, -1 where an id is not defined; empty where an id is `limit` or above. */
  smallIds(limit: number): Int32Array {
    const { a, b, length } = this.pairs;
    let largest = -1;
    for (let pair = 0; pair < length; pair++) {
      if (b[pair] !== 0 || a[pair] < 0 || a[pair] >= limit) {
        return new Int32Array(0);
      }
      largest = Math.max(largest, a[pair]);
    }
    const rows = new Int32Array(largest + 1).fill(-1);
    for (let pair = 0; pair < length; pair++) {
      rows[a[pair]] = this.rows[pair];
    }
    return rows;
  }
}

/**
 * What a pprof profile's samples refer to, as columns. String columns hold pprof's own string indices, resolved when
 * all is read: the format fixes no order (https://github.com/google/pprof/blob/main/proto/profile.proto).
 */
export class PprofTables {
  readonly sampleTypes: { type: number; unit: number }[] = [];
  strings = 0;
  stringStart: Float64Array = new Float64Array(64);
  stringEnd: Float64Array = new Float64Array(64);

  functions = 0;
  readonly functionIds = new Ids();
  functionName: Int32Array = new Int32Array(64);
  functionSystemName: Int32Array = new Int32Array(64);
  functionFile: Int32Array = new Int32Array(64);
  functionLine: Int32Array = new Int32Array(64);

  mappings = 0;
  readonly mappingIds = new Ids();
  readonly mappingStart: bigint[] = [];
  readonly mappingOffset: bigint[] = [];
  readonly mappingFile: number[] = [];

  locations = 0;
  readonly locationIds = new Ids();
  /** Halves of the mapping's id. */
  locationMappingLow: Int32Array = new Int32Array(64);
  locationMappingHigh: Int32Array = new Int32Array(64);
  locationAddressLow: Int32Array = new Int32Array(64);
  locationAddressHigh: Int32Array = new Int32Array(64);
  /** Lines of location `i`, innermost first: `locationLines[i]` to `locationLines[i + 1]`. */
  locationLines: Int32Array = new Int32Array(64);

  lines = 0;
  lineFunctionLow: Int32Array = new Int32Array(64);
  lineFunctionHigh: Int32Array = new Int32Array(64);
  line: Int32Array = new Int32Array(64);

  samples = 0;
  timeNanos = 0;
  durationNanos = 0;
  defaultSampleType = 0;
  dropFrames = 0;
  keepFrames = 0;
  documentation = 0;
  readonly comments: number[] = [];

  /** Reads everything but the samples. @throws DecodeError */
  read(reader: PprofReader, checkpoint: () => void): void {
    const end = reader.length;
    let fields = 0;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if ((++fields & 0x3fff) === 0) {
        checkpoint();
      }
      switch (field) {
        case 1:
          this.readSampleType(reader, end);
          break;
        case 2:
          this.skipSamples(reader, end);
          break;
        case 3:
          this.readMapping(reader, end);
          break;
        case 4:
          this.readLocation(reader, end);
          break;
        case 5:
          this.readFunction(reader, end);
          break;
        case 6:
          this.readString(reader, end);
          break;
        case 7:
          this.dropFrames = index(reader);
          break;
        case 8:
          this.keepFrames = index(reader);
          break;
        case 9:
          this.timeNanos = reader.int64();
          break;
        case 10:
          this.durationNanos = reader.int64();
          break;
        case 14:
          this.defaultSampleType = index(reader);
          break;
        case 13:
          this.readComments(reader, end);
          break;
        case 15:
          this.documentation = index(reader);
          break;
        default:
          // Of the period and its type nothing is shown; `nextField` skips them.
          break;
      }
    }
    reader.leave(end, 'the profile');
    this.locationLines = growInt32(this.locationLines, this.locations + 1);
    this.locationLines[this.locations] = this.lines;
  }

  /** Samples follow one another in most files, and this is all that is done with them here. */
  private skipSamples(reader: PprofReader, outer: number): void {
    const { buf } = reader;
    let pos = reader.enter(outer, 'a sample');
    this.samples++;
    while (buf[pos] === SAMPLE_TAG) {
      const first = buf[pos + 1];
      const second = buf[pos + 2];
      if (first > 0x7f && second > 0x7f) {
        break;
      }
      const next = first > 0x7f ? pos + 3 + ((first & 0x7f) | (second << 7)) : pos + 2 + first;
      if (!(next <= outer)) {
        break;
      }
      pos = next;
      this.samples++;
    }
    reader.pos = pos;
  }

  private readComments(reader: PprofReader, outer: number): void {
    const packed = reader.type === BYTES;
    const end = packed ? reader.enter(outer, 'comments') : reader.pos + 1;
    while (reader.pos < end) {
      const comment = index(reader);
      if (this.comments.length < MOST_COMMENTS) {
        this.comments.push(comment);
      }
    }
    if (packed) {
      reader.leave(end, 'comments');
    }
  }

  private readSampleType(reader: PprofReader, outer: number): void {
    const end = reader.enter(outer, 'a sample type');
    const sampleType = { type: 0, unit: 0 };
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        sampleType.type = index(reader);
      } else if (field === 2) {
        sampleType.unit = index(reader);
      }
    }
    reader.leave(end, 'a sample type');
    if (this.sampleTypes.push(sampleType) > 1000) {
      throw new DecodeError('Expected at most 1000 sample types in a pprof profile', `byte ${reader.pos}`);
    }
  }

  private readString(reader: PprofReader, outer: number): void {
    const end = reader.enter(outer, 'a string');
    const row = this.strings++;
    this.stringStart = growFloat64(this.stringStart, this.strings);
    this.stringEnd = growFloat64(this.stringEnd, this.strings);
    this.stringStart[row] = reader.pos;
    this.stringEnd[row] = end;
    reader.pos = end;
  }

  private readFunction(reader: PprofReader, outer: number): void {
    const end = reader.enter(outer, 'a function');
    const row = this.functions++;
    this.functionName = growInt32(this.functionName, this.functions);
    this.functionSystemName = growInt32(this.functionSystemName, this.functions);
    this.functionFile = growInt32(this.functionFile, this.functions);
    this.functionLine = growInt32(this.functionLine, this.functions);
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        reader.wide();
        this.functionIds.define(reader.low, reader.high, row);
      } else if (field === 2) {
        this.functionName[row] = index(reader);
      } else if (field === 3) {
        this.functionSystemName[row] = index(reader);
      } else if (field === 4) {
        this.functionFile[row] = index(reader);
      } else if (field === 5) {
        this.functionLine[row] = line(reader);
      }
    }
    reader.leave(end, 'a function');
  }

  private readMapping(reader: PprofReader, outer: number): void {
    const end = reader.enter(outer, 'a mapping');
    const row = this.mappings++;
    this.mappingStart[row] = 0n;
    this.mappingOffset[row] = 0n;
    this.mappingFile[row] = 0;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        reader.wide();
        this.mappingIds.define(reader.low, reader.high, row);
      } else if (field === 2) {
        reader.wide();
        this.mappingStart[row] = unsigned(reader.low, reader.high);
      } else if (field === 4) {
        reader.wide();
        this.mappingOffset[row] = unsigned(reader.low, reader.high);
      } else if (field === 5) {
        this.mappingFile[row] = index(reader);
      }
    }
    reader.leave(end, 'a mapping');
  }

  private readLocation(reader: PprofReader, outer: number): void {
    const end = reader.enter(outer, 'a location');
    const row = this.locations++;
    this.locationMappingLow = growInt32(this.locationMappingLow, this.locations);
    this.locationMappingHigh = growInt32(this.locationMappingHigh, this.locations);
    this.locationAddressLow = growInt32(this.locationAddressLow, this.locations);
    this.locationAddressHigh = growInt32(this.locationAddressHigh, this.locations);
    this.locationLines = growInt32(this.locationLines, this.locations);
    this.locationLines[row] = this.lines;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        reader.wide();
        this.locationIds.define(reader.low, reader.high, row);
      } else if (field === 2) {
        reader.wide();
        this.locationMappingLow[row] = reader.low;
        this.locationMappingHigh[row] = reader.high;
      } else if (field === 3) {
        reader.wide();
        this.locationAddressLow[row] = reader.low;
        this.locationAddressHigh[row] = reader.high;
      } else if (field === 4) {
        this.readLine(reader, end);
      }
    }
    reader.leave(end, 'a location');
  }

  private readLine(reader: PprofReader, outer: number): void {
    const end = reader.enter(outer, 'a line');
    const row = this.lines++;
    this.lineFunctionLow = growInt32(this.lineFunctionLow, this.lines);
    this.lineFunctionHigh = growInt32(this.lineFunctionHigh, this.lines);
    this.line = growInt32(this.line, this.lines);
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        reader.wide();
        this.lineFunctionLow[row] = reader.low;
        this.lineFunctionHigh[row] = reader.high;
      } else if (field === 2) {
        this.line[row] = line(reader);
      }
    }
    reader.leave(end, 'a line');
  }
}

/** The 64-bit number of two halves. */
export function unsigned(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

/** A string index; one that cannot be becomes -1, and is refused when it is resolved. */
function index(reader: PprofReader): number {
  const value = reader.int64();
  return value >= 0 && value <= 0x7fffffff ? value : -1;
}

/** A line number; 0 for what no file has. */
function line(reader: PprofReader): number {
  const value = reader.int64();
  return value > 0 && value <= 0x7fffffff ? value : 0;
}
