import type { ProfileBuilder } from '../../profile/profileBuilder';
import type { PprofFrames } from './pprofFrames';
import type { PprofReader } from './pprofReader';

/** Reads the labels of pprof's samples into the builder. */
export class PprofLabels {
  constructor(
    private readonly frames: PprofFrames,
    private readonly builder: ProfileBuilder,
  ) {}

  /**
   * Reads the labels from `reader.pos` to `end`.
   * @returns their set, -1 for an empty one, -2 where there is something else between them
   * @throws DecodeError
   */
  readAll(reader: PprofReader, end: number): number {
    const { labels } = this.builder;
    labels.begin();
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field !== 3) {
        return -2;
      }
      this.read(reader, end);
    }
    reader.leave(end, 'a sample');
    return labels.end();
  }

  /** Adds one label, of which the reader is at its length, to the set that the builder is making. @throws DecodeError */
  read(reader: PprofReader, outer: number): void {
    const { builder, frames } = this;
    const end = reader.enter(outer, 'a label');
    let key = 0;
    let text = 0;
    let value = 0;
    let unit = 0;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        key = reader.int64();
      } else if (field === 2) {
        text = reader.int64();
      } else if (field === 3) {
        value = reader.int64();
      } else if (field === 4) {
        unit = reader.int64();
      }
    }
    reader.leave(end, 'a label');
    if (text !== 0) {
      builder.labels.addText(frames.string(key), frames.string(text));
    } else {
      builder.labels.addNumber(frames.string(key), value, unit === 0 ? -1 : frames.string(unit));
    }
  }
}
