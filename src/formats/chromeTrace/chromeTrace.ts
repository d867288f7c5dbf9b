import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { JsonWindow } from '../json/jsonWindow';
import { assembleTrace } from './traceAssemble';
import { TraceFile } from './traceFile';

const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_ARRAY = 0x5d;
const OPEN_ARRAY = 0x5b;

/**
 * Chrome's trace events (https://docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU), as Chrome's
 * DevTools, Node, py-spy, VizTracer, Clang, TypeScript and many others write them: an array of events, also one that does
 * not end, or an object with the member `traceEvents`. CPU profiles in chunks, spans of threads and asynchronous ones.
 * Read event by event through a window: memory is for the columns.
 */
export const chromeTrace: Format = {
  name: 'chrometrace',
  title: 'Chrome trace',
  extensions: ['.trace.json', '.chrometrace.json'],
  detect: detectChromeTrace,
  decode: decodeChromeTrace,
};

function detectChromeTrace(head: Uint8Array): Confidence {
  const text = new TextDecoder('latin1')
    .decode(head)
    .replace(/^(ï»¿)?\s+/, '')
    .replace(/^ï»¿/, '');
  const event = /"ph"\s*:\s*"[A-Za-z(),]"/.test(text) && /"(ts|pid|tid|name)"\s*:/.test(text);
  if (text.startsWith('[')) {
    return /^\[\s*\{/.test(text) && event ? 'certain' : 'no';
  }
  if (!text.startsWith('{')) {
    return 'no';
  }
  if (/"traceEvents"\s*:\s*\[/.test(text)) {
    return 'certain';
  }
  // DevTools writes what it knows of the page before the events, which may be more than the head.
  return /^\{\s*"(metadata|otherData|displayTimeUnit|stackFrames)"\s*:/.test(text) ? 'possible' : 'no';
}

function decodeChromeTrace(source: ByteSource, context: DecodeContext): Profile {
  const { size } = source;
  const window = new JsonWindow(source, 'a Chrome trace', (read) =>
    context.checkpoint(size === null || size === 0 ? null : Math.min(1, read / size)),
  );
  const { scanner } = window;
  const file = new TraceFile(scanner, new ProfileBuilder());
  const notes: string[] = [];
  const first = window.peek();
  if (first < 0) {
    throw new DecodeError('The file is empty: expected a Chrome trace');
  }
  try {
    if (first === OPEN_ARRAY) {
      readEvents(window, file);
    } else {
      readObject(window, file);
    }
    if (window.peek() >= 0) {
      scanner.fail('the end of the file');
    }
  } catch (error) {
    // What is whole is read: a program that dies leaves a trace without an end.
    if (!(error instanceof DecodeError) || scanner.peek() >= 0 || file.events === 0) {
      throw error;
    }
    const bytes = scanner.base + scanner.bytes.length;
    notes.push(`The file ends in the middle of the trace, after ${bytes} bytes: what comes before is read.`);
  }
  return assembleTrace(file, notes);
}

/** Reads an array of events, which need not end (the format says so). */
function readEvents(window: JsonWindow, file: TraceFile): void {
  const { scanner } = window;
  scanner.enterArray('an array of trace events');
  let begin = scanner.pos;
  for (;;) {
    try {
      let byte = scanner.peek();
      while (byte === OPEN_OBJECT || byte === COMMA) {
        begin = scanner.pos;
        if (byte === COMMA) {
          scanner.pos++;
        } else {
          file.readEvent();
        }
        byte = scanner.peek();
      }
      if (byte === CLOSE_ARRAY) {
        scanner.pos++;
        return;
      }
      if (byte >= 0) {
        scanner.fail('a trace event, an object');
      }
      if (!window.more(scanner.pos)) {
        return;
      }
    } catch (error) {
      // The event goes on behind the window: it is read again with more of it.
      if (!(error instanceof DecodeError) || !window.cut || !window.more(begin)) {
        throw error;
      }
    }
  }
}

function readObject(window: JsonWindow, file: TraceFile): void {
  const { scanner } = window;
  let hasEvents = false;
  forMembers(window, (name) => {
    const first = window.peek();
    if (name === 'traceEvents' && first === OPEN_ARRAY) {
      hasEvents = true;
      readEvents(window, file);
    } else if (name === 'stackFrames' && first === OPEN_OBJECT) {
      forMembers(window, (id) => readStackFrame(window, file, id));
    } else if (name === 'samples' && first === OPEN_ARRAY) {
      readSamples(window, file);
    } else if (name === 'metadata' && first === OPEN_OBJECT) {
      forMembers(window, (member) => {
        if (member === 'startTime') {
          const time = Date.parse(window.attempt(() => scanner.textOrNull()) ?? '');
          file.startTimeMs = Number.isNaN(time) ? null : time;
        } else {
          window.skip();
        }
      });
    } else {
      window.skip();
    }
  });
  if (!hasEvents) {
    throw new DecodeError('Expected a Chrome trace, an object with the member "traceEvents", but there is none');
  }
}

/** Calls `read` at each member's value of the object at the window's position. */
function forMembers(window: JsonWindow, read: (name: string) => void): void {
  const { scanner } = window;
  window.attempt(() => scanner.enterObject('an object with the member "traceEvents"'));
  for (let first = true; ; first = false) {
    const name = window.attempt(() => scanner.name(first));
    if (name === null) {
      return;
    }
    read(name);
  }
}

function readSamples(window: JsonWindow, file: TraceFile): void {
  const { scanner } = window;
  window.attempt(() => scanner.enterArray('an array of samples'));
  for (let first = true; ; first = false) {
    window.peek();
    if (!window.attempt(() => scanner.element(first))) {
      return;
    }
    window.attempt(() => file.event.read());
    file.takeSample();
  }
}

function readStackFrame(window: JsonWindow, file: TraceFile, id: string): void {
  const { scanner } = window;
  const { builder, sampled, event } = file;
  if (window.peek() !== OPEN_OBJECT) {
    window.skip();
    return;
  }
  let name = 'name';
  let category = '';
  let parent = '';
  forMembers(window, (member) => {
    const byte = window.peek();
    const text =
      byte === 0x22
        ? window.attempt(() => scanner.textOrNull())
        : String(window.attempt(() => scanner.numberOrNull()) ?? '');
    if (member === 'name') {
      name = text ?? '';
    } else if (member === 'category') {
      category = text ?? '';
    } else if (member === 'parent') {
      parent = text ?? '';
    }
  });
  sampled.addFrame(
    event.ids.intern(id),
    builder.string(name === '' ? '(anonymous)' : name),
    category === '' ? -1 : builder.string(category),
    parent === '' ? -1 : event.ids.intern(parent),
  );
}
