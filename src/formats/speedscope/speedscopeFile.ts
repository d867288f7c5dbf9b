import { growInt32 } from '../../profile/growColumn';
import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { ByteSource } from '../format';
import { END, FIRST, type JsonScanner, memberNames } from '../json/jsonScanner';
import { JsonWindow } from '../json/jsonWindow';
import { LateStacks } from '../lateStacks';
import { assembleSpeedscope } from './speedscopeAssemble';
import { SpeedscopeEvents, type SpeedscopeRepairs } from './speedscopeEvents';
import { forEachElement, SpeedscopeSamples } from './speedscopeSamples';

const fileMembers = memberNames('shared', 'profiles', 'activeProfileIndex', 'exporter', 'name', '$emberline');
const sharedMembers = memberNames('frames');
const frameMembers = memberNames('name', 'file', 'line', 'col');
const profileMembers = memberNames(
  'type',
  'name',
  'unit',
  'startValue',
  'endValue',
  'samples',
  'weights',
  'events',
  '$emberline',
);
/** What Emberline adds, to read it again. */
const ownMembers = memberNames('lines');
const ownProfileMembers = memberNames('type', 'unit', 'process', 'pid', 'tid');

/** What Emberline has added to a profile. */
export interface OwnMembers {
  type: string | null;
  unit: string | null;
  process: string | null;
  pid: number | null;
  tid: number | null;
}

/** One entry of `profiles`, read. */
export interface SpeedscopeProfile {
  name: string;
  unit: string;
  /** NaN where the file does not say it. */
  startValue: number;
  endValue: number;
  samples: SpeedscopeSamples | null;
  events: SpeedscopeEvents | null;
  own: OwnMembers | null;
}

/** The list of frames, as columns. */
class SpeedscopeFrames {
  length = 0;
  /** String indices; -1 for no file. */
  name: Int32Array = new Int32Array(64);
  file: Int32Array = new Int32Array(64);
  /** As in the file: 1-based, 0 for none. */
  line: Int32Array = new Int32Array(64);
  column: Int32Array = new Int32Array(64);

  add(name: number, file: number, line: number, column: number): void {
    const row = this.length++;
    this.name = growInt32(this.name, row + 1);
    this.file = growInt32(this.file, row + 1);
    this.line = growInt32(this.line, row + 1);
    this.column = growInt32(this.column, row + 1);
    this.name[row] = name;
    this.file[row] = file;
    this.line[row] = line;
    this.column[row] = column;
  }
}

/** A whole file, read member by member in any order. */
export class SpeedscopeFile {
  readonly builder = new ProfileBuilder();
  readonly stacks = new LateStacks();
  readonly frames = new SpeedscopeFrames();
  readonly profiles: SpeedscopeProfile[] = [];
  readonly repairs: SpeedscopeRepairs = { open: 0, closed: 0, ends: 0, backwards: 0, unknown: 0, lone: 0 };
  active = 0;
  exporter = '';
  /** What a frame's line means, where Emberline wrote the file. */
  lines: string | null = null;
  private readonly window: JsonWindow;

  constructor(source: ByteSource, checkpoint: (read: number) => void) {
    this.window = new JsonWindow(source, 'a speedscope file', checkpoint);
  }

  /** @throws DecodeError where it is no speedscope file */
  read(): Profile {
    const { window } = this;
    let frames = false;
    this.members(fileMembers, (member, scanner) => {
      if (member === 0) {
        this.members(sharedMembers, (shared) => {
          if (shared === 0) {
            frames = true;
            this.readFrames();
          } else {
            window.skip();
          }
        });
      } else if (member === 1) {
        this.readProfiles();
      } else if (member === 2) {
        this.active = window.attempt(() => scanner.numberOrNull()) ?? 0;
      } else if (member === 3) {
        this.exporter = window.attempt(() => scanner.textOrNull()) ?? '';
      } else if (member === 5 && window.peek() === 0x7b) {
        this.members(ownMembers, (own) => {
          const text = window.attempt(() => scanner.textOrNull());
          this.lines = own === 0 ? text : this.lines;
        });
      } else {
        window.skip();
      }
    });
    if (!frames || this.profiles.length === 0) {
      const missing = frames ? 'profile in "profiles"' : 'list of frames, "shared": {"frames": […]}';
      throw new DecodeError(`Expected a speedscope file, but it has no ${missing}`);
    }
    return assembleSpeedscope(this);
  }

  /** Reads an object that the window stands before. @param visit reads the value of a member, or skips it */
  private members(names: readonly Uint8Array[], visit: (member: number, scanner: JsonScanner) => void): void {
    const { window } = this;
    const { scanner } = window;
    window.peek();
    window.attempt(() => scanner.enterObject('an object'));
    for (let member = FIRST; ; ) {
      window.peek();
      const before = member;
      member = window.attempt(() => scanner.member(before, names));
      if (member === END) {
        return;
      }
      window.peek();
      visit(member, scanner);
    }
  }

  private readFrames(): void {
    const { builder, frames, window } = this;
    const { scanner } = window;
    let name = 0;
    let file = -1;
    let line = 0;
    let column = 0;
    const position = (): number => {
      const value = scanner.numberOrNull();
      return value !== null && value > 0 && value < 0x7fffffff ? Math.trunc(value) : 0;
    };
    forEachElement(
      window,
      'an array of frames',
      () => {
        name = -1;
        file = -1;
        line = 0;
        column = 0;
        scanner.enterObject('a frame');
        for (let at = scanner.member(FIRST, frameMembers); at !== END; at = scanner.member(at, frameMembers)) {
          if (at <= 1) {
            const text = scanner.peek() === 0x22 && at >= 0 ? scanner.string(builder.strings, 'a text') : -1;
            if (text < 0) {
              scanner.skip();
            } else if (at === 0) {
              name = text;
            } else {
              file = text;
            }
          } else if (at === 2) {
            line = position();
          } else {
            column = position();
          }
        }
      },
      () => frames.add(name < 0 ? builder.string('(anonymous)') : name, file > 0 ? file : -1, line, column),
    );
  }

  private readProfiles(): void {
    const { window } = this;
    const { scanner } = window;
    window.peek();
    window.attempt(() => scanner.enterArray('an array of profiles'));
    for (let first = true; ; first = false) {
      window.peek();
      if (!window.attempt(() => scanner.element(first))) {
        return;
      }
      this.readProfile();
    }
  }

  private readProfile(): void {
    const { window, stacks, repairs } = this;
    const profile: SpeedscopeProfile = {
      name: '',
      unit: 'none',
      startValue: Number.NaN,
      endValue: Number.NaN,
      samples: null,
      events: null,
      own: null,
    };
    this.profiles.push(profile);
    this.members(profileMembers, (member, scanner) => {
      // The type says what the arrays say, too.
      if (member === 1 || member === 2) {
        const text = window.attempt(() => scanner.textOrNull());
        if (member === 1) {
          profile.name = text ?? '';
        } else {
          profile.unit = text ?? 'none';
        }
      } else if (member === 3 || member === 4) {
        const number = window.attempt(() => scanner.numberOrNull()) ?? Number.NaN;
        if (member === 3) {
          profile.startValue = number;
        } else {
          profile.endValue = number;
        }
      } else if (member === 5 || member === 6) {
        profile.samples ??= new SpeedscopeSamples(stacks);
        if (member === 5) {
          profile.samples.readSamples(window);
        } else {
          profile.samples.readWeights(window);
        }
      } else if (member === 7) {
        profile.events ??= new SpeedscopeEvents(stacks, repairs);
        profile.events.read(window);
      } else if (member === 8 && window.peek() === 0x7b) {
        profile.own = this.readOwn();
      } else {
        window.skip();
      }
    });
  }

  private readOwn(): OwnMembers {
    const { window } = this;
    const own: OwnMembers = { type: null, unit: null, process: null, pid: null, tid: null };
    this.members(ownProfileMembers, (member, scanner) => {
      if (member === 3 || member === 4) {
        own[member === 3 ? 'pid' : 'tid'] = window.attempt(() => scanner.numberOrNull());
      } else {
        const text = window.attempt(() => scanner.textOrNull());
        if (member >= 0) {
          own[(['type', 'unit', 'process'] as const)[member]] = text;
        }
      }
    });
    return own;
  }
}
