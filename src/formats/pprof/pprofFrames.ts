import { growInt32 } from '../../profile/growColumn';
import type { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import { type PprofTables, unsigned } from './pprofTables';

const LONGEST_MODULE = 200;

/** The frames of a pprof profile's locations, and its strings, as the builder knows them. */
export class PprofFrames {
  /** Frames of location `i`, outermost first: `frames[offset[i]]` to `frames[offset[i + 1]]`. */
  readonly offset: Int32Array;
  frames: Int32Array;
  /** Stands for a location that is not in the file. */
  readonly unknownFrame: number;
  /** Whether any frame has a line. */
  hasLines = false;
  /** Lines that name a function that is not in the file. */
  unknownFunctions = 0;
  /** Names of modules without symbols, by how many of their locations have no line. */
  readonly bare = new Map<string, number>();
  /** The builder's index of each of pprof's strings, -1 where not asked for yet. */
  private readonly stringIndex: Int32Array;
  /** By row of the mapping. */
  private readonly moduleNames: string[] = [];
  /** Functions of the builder by row, where they do not depend on the location's mapping. */
  private readonly functions: Int32Array;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly tables: PprofTables,
    private readonly builder: ProfileBuilder,
  ) {
    this.stringIndex = new Int32Array(tables.strings).fill(-1);
    this.functions = new Int32Array(tables.functions).fill(-1);
    this.offset = new Int32Array(tables.locations + 1);
    this.frames = new Int32Array(Math.max(tables.lines, tables.locations));
    this.unknownFrame = builder.frame(builder.func(builder.string('(unknown)'), -1, 0, 0), 0, false);
  }

  /** The builder's index of a string. @throws DecodeError for one that is not in the file */
  string(index: number): number {
    const { tables } = this;
    if (index === 0 && tables.strings === 0) {
      return 0;
    }
    if (index >= tables.strings) {
      // Strings come last in most files.
      throw new DecodeError(
        tables.strings === 0
          ? 'The pprof profile ends before its strings: it may be truncated'
          : `The pprof profile ends after ${tables.strings} strings, but refers to string ${index}: it may be truncated`,
        `byte ${this.bytes.length}`,
      );
    }
    if (index < 0) {
      throw new DecodeError('Expected the index of a string in a pprof profile, but found a number that is none');
    }
    let known = this.stringIndex[index];
    if (known < 0) {
      known = this.builder.strings.internBytes(this.bytes, tables.stringStart[index], tables.stringEnd[index]);
      this.stringIndex[index] = known;
    }
    return known;
  }

  text(index: number): string {
    return this.builder.strings.text(this.string(index));
  }

  /**
   * Makes the frames of all locations.
   * @param trimmed lines to leave out of each location from the innermost on; null for none
   */
  make(trimmed: Int32Array | null): void {
    const { tables, builder } = this;
    let length = 0;
    for (let row = 0; row < tables.locations; row++) {
      this.offset[row] = length;
      const first = tables.locationLines[row];
      const last = tables.locationLines[row + 1] - 1;
      this.frames = growInt32(this.frames, length + Math.max(1, last - first + 1));
      if (last < first) {
        this.frames[length++] = builder.frame(this.addressFunction(row), 0, false);
        this.noteBare(row);
      }
      // The first line is the innermost one; all but the last were inlined.
      const innermost = first + (trimmed === null ? 0 : trimmed[row]);
      for (let at = last; at >= innermost; at--) {
        const func = this.func(tables.lineFunctionLow[at], tables.lineFunctionHigh[at], row);
        const line = tables.line[at];
        this.hasLines ||= line > 0;
        this.frames[length++] = builder.frame(func, line, at < last);
      }
    }
    this.offset[tables.locations] = length;
  }

  /** The builder's index of the text that a function is shown by. */
  functionName(row: number): number {
    const { tables } = this;
    return this.string(tables.functionName[row]) || this.string(tables.functionSystemName[row]);
  }

  private func(low: number, high: number, location: number): number {
    const { tables, builder } = this;
    const row = tables.functionIds.row(low, high);
    if (row < 0) {
      this.unknownFunctions++;
      return this.addressFunction(location);
    }
    if (this.functions[row] >= 0) {
      return this.functions[row];
    }
    const name = this.functionName(row);
    const file = this.string(tables.functionFile[row]) || -1;
    if (name === 0 || file < 0) {
      // Two libraries may both have a function of this name.
      const shown = name || builder.string(this.addressName(location));
      return builder.func(shown, file, tables.functionLine[row], 0, this.module(location));
    }
    this.functions[row] = builder.func(name, file, tables.functionLine[row], 0);
    return this.functions[row];
  }

  private addressFunction(location: number): number {
    const { builder } = this;
    return builder.func(builder.string(this.addressName(location)), -1, 0, 0, this.module(location));
  }

  private mapping(location: number): number {
    const { tables } = this;
    return tables.mappingIds.row(tables.locationMappingLow[location], tables.locationMappingHigh[location]);
  }

  /** The builder's index of the path of the file that a location's code is from, -1 where unknown. */
  private module(location: number): number {
    const mapping = this.mapping(location);
    return mapping < 0 ? -1 : this.string(this.tables.mappingFile[mapping]) || -1;
  }

  private moduleName(location: number): string {
    const mapping = this.mapping(location);
    if (mapping < 0) {
      return '';
    }
    // Each address gets a name of its own with the module's in it: a long one would be there again and again.
    this.moduleNames[mapping] ??= baseName(this.text(this.tables.mappingFile[mapping])).slice(-LONGEST_MODULE);
    return this.moduleNames[mapping];
  }

  private noteBare(location: number): void {
    const module = this.moduleName(location);
    if (this.bare.size < 1000 || this.bare.has(module)) {
      this.bare.set(module, (this.bare.get(module) ?? 0) + 1);
    }
  }

  /** `module+0x1f00` (an address in the file) or `0x7f…`, for code without symbols. */
  private addressName(location: number): string {
    const { tables } = this;
    const address = unsigned(tables.locationAddressLow[location], tables.locationAddressHigh[location]);
    const module = this.moduleName(location);
    const mapping = this.mapping(location);
    if (module !== '' && address >= tables.mappingStart[mapping]) {
      const offset = address - tables.mappingStart[mapping] + tables.mappingOffset[mapping];
      return `${module}+0x${offset.toString(16)}`;
    }
    return `0x${address.toString(16)}`;
  }
}

function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}
