/** Known content that is not read, and the way to what is. */
interface Foreign {
  readonly sentence: string;
  is(head: Uint8Array): boolean;
}

/** memray's files are LZ4 frames unless told otherwise, with their magic as it is in the first block. */
const lz4 = '\x04"M\x18';
const latin1 = new TextDecoder('latin1');

const foreign: readonly Foreign[] = [
  {
    sentence:
      'This is a capture of memray, whose form each release changes: convert it by "memray transform speedscope FILE" and open the result',
    is: (head) => {
      const text = latin1.decode(head.subarray(0, 64));
      return text.startsWith('memray\0') || (text.startsWith(lz4) && text.includes('memray\0'));
    },
  },
  {
    sentence:
      'This is a binary file of Python\'s sampling profiler, which only that version of Python reads: convert it by "python -m profiling.sampling replay --gecko FILE" and open the result',
    // https://github.com/python/cpython/blob/main/InternalDocs/profiling_binary_format.md, in both byte orders.
    is: (head) => /^(HCAT.\0{3}|TACH\0{3}.)/s.test(latin1.decode(head.subarray(0, 8))),
  },
  {
    sentence:
      'This is a heap snapshot of V8, which holds objects and no stacks: record allocation sampling instead (a .heapprofile, as "node --heap-prof" writes it)',
    is: (head) => /^\s*\{\s*"snapshot"\s*:\s*\{\s*"meta"\s*:/.test(latin1.decode(head.subarray(0, 256))),
  },
];

/** What content is that Emberline knows but does not read, and how to convert it, in one sentence; null for other content. */
export function describeForeign(head: Uint8Array): string | null {
  return foreign.find((each) => each.is(head))?.sentence ?? null;
}
