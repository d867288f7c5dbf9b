import type { Profile } from '../../profile/profile';
import { ProfileBuilder } from '../../profile/profileBuilder';
import { stableOrder } from '../../profile/stableOrder';
import { CallFrames } from '../cpuprofile/callFrames';
import { CpuprofileLocations } from '../cpuprofile/cpuprofileLocations';
import { NodeIds } from '../cpuprofile/nodeIds';
import { DecodeError } from '../decodeError';
import type { ByteSource, Confidence, DecodeContext, Format } from '../format';
import { END, FIRST, JsonScanner, memberNames } from '../json/jsonScanner';
import { HeapNodes, HeapSamples } from './heapprofileColumns';

/**
 * V8's sampling heap profiles, as `node --heap-prof`, Chrome's "Allocation sampling" and `HeapProfiler.getSamplingProfile`
 * give them (https://chromedevtools.github.io/devtools-protocol/tot/HeapProfiler/#type-SamplingHeapProfile): a tree of
 * what is still alive by where it was allocated.
 *
 * `space` is each node's `selfSize`, which is what Chrome shows. Where the file has the samples, each is one of ours, in
 * the order of its `ordinal`, which it keeps as a label: an ordinal says what was before what, but no time.
 */
export const heapprofile: Format = {
  name: 'heapprofile',
  title: 'V8 heap profile',
  extensions: ['.heapprofile'],
  detect: detectHeapprofile,
  decode: decodeHeapprofile,
};

function detectHeapprofile(head: Uint8Array, name: string): Confidence {
  const text = new TextDecoder('latin1').decode(head).replace(/^(ï»¿)?\s+/, '');
  if (!/^(ï»¿)?\{/.test(text)) {
    return 'no';
  }
  if (/"head"\s*:\s*\{/.test(text) && text.includes('"callFrame"') && /"(selfSize|children)"\s*:/.test(text)) {
    return 'certain';
  }
  // Members come in any order: a long list of samples, or a root's call frame, may fill the head.
  const samples = /"samples"\s*:/.test(text) && /"nodeId"\s*:/.test(text) && /"ordinal"\s*:/.test(text);
  return samples || /\.heapprofile$/i.test(name) ? 'possible' : 'no';
}

const members = memberNames('head', 'samples', '$vscode', 'profile');

interface HeapFile {
  readonly callFrames: CallFrames;
  readonly nodes: HeapNodes;
  readonly samples: HeapSamples;
  locations: CpuprofileLocations | null;
  hasHead: boolean;
  hasSamples: boolean;
}

function decodeHeapprofile(source: ByteSource, context: DecodeContext): Profile {
  const bytes = source.bytes();
  const scanner = new JsonScanner(bytes, 'a V8 heap profile');
  if (scanner.peek() < 0) {
    throw new DecodeError('The file is empty: expected a V8 heap profile');
  }
  const checkpoint = (): void => context.checkpoint(scanner.pos / bytes.length);
  const builder = new ProfileBuilder();
  const callFrames = new CallFrames(scanner, builder.strings);
  const file: HeapFile = {
    callFrames,
    nodes: new HeapNodes(scanner, callFrames, checkpoint),
    samples: new HeapSamples(scanner, checkpoint),
    locations: null,
    hasHead: false,
    hasSamples: false,
  };
  readHeapProfile(scanner, builder, file, true);
  if (!file.hasHead) {
    throw new DecodeError('Expected a V8 heap profile, an object with the member "head", but there is none');
  }
  if (scanner.peek() >= 0) {
    scanner.fail('the end of the file');
  }
  return assemble(builder, file);
}

/** @param outer whether the profile may be the member `profile`, as in the inspector's answer */
function readHeapProfile(scanner: JsonScanner, builder: ProfileBuilder, file: HeapFile, outer: boolean): void {
  scanner.enterObject('an object with "head" and "samples"');
  for (let m = scanner.member(FIRST, members); m !== END; m = scanner.member(m, members)) {
    const first = scanner.peek();
    if (m === 0 && !file.hasHead) {
      file.hasHead = true;
      file.nodes.read();
    } else if (m === 1 && first === 0x5b && !file.hasSamples) {
      file.hasSamples = true;
      file.samples.read();
    } else if (m === 2 && first === 0x7b) {
      file.locations = CpuprofileLocations.read(scanner, builder.strings);
    } else if (m === 3 && first === 0x7b && outer) {
      readHeapProfile(scanner, builder, file, false);
    } else {
      scanner.skip();
    }
  }
}

function assemble(builder: ProfileBuilder, file: HeapFile): Profile {
  const { nodes, samples } = file;
  const notes: string[] = [];
  const stackOfRow = internStacks(builder, file);
  const left = nodes.selfSize.slice(0, nodes.length);
  if (file.hasSamples) {
    builder.addSampleType('samples', 'count');
  }
  const space = builder.addSampleType('space', 'bytes');
  if (file.hasSamples) {
    const ids = new NodeIds(nodes.id, nodes.length);
    const order = stableOrder(samples.ordinal.subarray(0, samples.length));
    const ordinal = builder.string('ordinal');
    let unknown = 0;
    for (let i = 0; i < samples.length; i++) {
      const sample = order === null ? i : order[i];
      const row = ids.row(samples.nodeId[sample]);
      if (row < 0) {
        unknown++;
        continue;
      }
      builder.labels.begin();
      if (samples.ordinal[sample] >= 0) {
        builder.labels.addNumber(ordinal, samples.ordinal[sample], -1);
      }
      const target = builder.addSample(stackOfRow[row], 0, null, builder.labels.end());
      builder.setValue(target, 0, 1);
      builder.setValue(target, space, samples.size[sample]);
      left[row] -= samples.size[sample];
    }
    if (unknown > 0) {
      notes.push(
        unknown === 1
          ? 'One sample is of a node that is not in the file and left out: its memory was probably freed meanwhile.'
          : `${unknown} samples are of nodes that are not in the file and left out: their memory was probably freed meanwhile.`,
      );
    }
  }
  if (samples.length === 0 && nodes.selfSize.subarray(0, nodes.length).every((size) => size === 0)) {
    notes.push('V8 tells what was allocated while it sampled and still lives at its end: here that is nothing.');
  }
  // What the nodes have beyond their samples: all of it in files without.
  for (let row = 0; row < nodes.length; row++) {
    if (left[row] !== 0) {
      builder.setValue(builder.addSample(stackOfRow[row], 0, null, -1), space, left[row]);
    }
  }
  return builder.finish({
    formats: ['heapprofile'],
    durationMs: null,
    startTimeMs: null,
    defaultSampleType: space,
    lines: 'declaration',
    notes,
  });
}

/** Stack of each node; -1 for `(root)`, which is no function. */
function internStacks(builder: ProfileBuilder, { nodes, callFrames, locations }: HeapFile): Int32Array {
  const root = builder.string('(root)');
  const anonymous = builder.string('(anonymous)');
  const stackOfRow = new Int32Array(nodes.length);
  for (let row = 0; row < nodes.length; row++) {
    const of = nodes.callFrame[row];
    const above = nodes.parent[row];
    const name = of < 0 ? 0 : callFrames.name[of];
    if (above < 0 && name === root && callFrames.url[of] === 0) {
      stackOfRow[row] = -1;
      continue;
    }
    const location = nodes.location(row);
    const mapped =
      locations !== null && location >= 0 && location < locations.length && locations.file[location] >= 0
        ? locations
        : null;
    const url = of < 0 ? 0 : callFrames.url[of];
    const file = mapped !== null ? mapped.file[location] : url === 0 ? -1 : url;
    const line = mapped !== null ? mapped.line[location] : of < 0 ? 0 : callFrames.line[of];
    const column = mapped !== null ? mapped.column[location] : of < 0 ? 0 : callFrames.column[of];
    const frame = builder.frame(builder.func(name === 0 ? anonymous : name, file, line, column), line, false);
    stackOfRow[row] = builder.stack(above < 0 ? -1 : stackOfRow[above], frame);
  }
  return stackOfRow;
}
