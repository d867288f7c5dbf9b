/** What could not be read, counted while decoding, and put into words at the end. */
export class JfrNotes {
  /** Chunks without an end: where the first began. */
  cut = 0;
  cutAt = 0;
  unfinished = 0;
  /** Events in cut chunks that tell nothing, because what they refer to was cut off. */
  unreadableChunks = 0;
  brokenConstants = 0;
  brokenEvents = 0;
  missingStacks = 0;
  truncatedStacks = 0;
  negativeDurations = 0;
  noClock = 0;
  /** Where bytes follow that are no chunk; -1 for nowhere. */
  foreignAt = -1;

  sentences(): string[] {
    const notes: string[] = [];
    const say = (count: number, one: string, many: string): void => {
      if (count > 0) {
        notes.push(count === 1 ? one : many.replace('#', String(count)));
      }
    };
    say(
      this.cut,
      `The chunk at byte ${this.cutAt} is cut or damaged: what is whole of it was read.`,
      `# chunks, the first at byte ${this.cutAt}, are cut or damaged: what is whole of them was read.`,
    );
    say(
      this.unfinished,
      'The recorder had not finished a chunk: its last events may be missing.',
      'The recorder had not finished # chunks: their last events may be missing.',
    );
    say(
      this.unreadableChunks,
      'A chunk could not be read: it is cut before its metadata, which the recorder writes at the end.',
      '# chunks could not be read: they are cut before their metadata, which the recorder writes at the end.',
    );
    say(
      this.brokenConstants,
      'A checkpoint with constants could not be read to its end: names or stacks may be missing.',
      '# checkpoints with constants could not be read to their ends: names or stacks may be missing.',
    );
    say(this.brokenEvents, 'An event could not be read.', '# events could not be read.');
    say(
      this.missingStacks,
      'A sample refers to a stack trace that the recording does not have: it is counted without a stack.',
      '# samples refer to stack traces that the recording does not have: they are counted without a stack.',
    );
    say(
      this.truncatedStacks,
      'The stack of a sample is deeper than the recorder kept: its outermost frames are missing (label stack: truncated).',
      'The stacks of # samples are deeper than the recorder kept: their outermost frames are missing (label stack: truncated).',
    );
    say(
      this.negativeDurations,
      'An event has a negative duration, as if the clock had been set back: it counts as 0.',
      '# events have a negative duration, as if the clock had been set back: they count as 0.',
    );
    say(
      this.noClock,
      'A chunk does not say how fast its clock ticks: its times and durations are taken as nanoseconds.',
      '# chunks do not say how fast their clock ticks: their times and durations are taken as nanoseconds.',
    );
    if (this.foreignAt >= 0) {
      notes.push(`From byte ${this.foreignAt} on there is no further chunk: the rest was not read.`);
    }
    return notes;
  }
}
