/**
 * Python kernels compile a notebook's cell under a name made of a hash of its code. ipykernel (6 and later) names a file
 * that never exists: `/tmp/ipykernel_PID/HASH.py`, with MurmurHash2 of the cell's source (`get_file_name` in
 * https://github.com/ipython/ipykernel/blob/main/ipykernel/compiler.py); py-spy leaves out its folder. IPython before, and without ipykernel, has
 * `<ipython-input-NUMBER-HASH>`, with twelve digits of the SHA-1 of the code as it is compiled (`code_name` in
 * https://github.com/ipython/ipython/blob/main/IPython/core/compilerop.py; MD5 in old versions).
 */
const kernelFile = /(?:^|[\\/]ipykernel_\d+[\\/])(\d{1,10})\.py$/;
const cellInput = /^<ipython-input-\d+-([0-9a-f]{12})>$/;

/** The hash of a cell's code in a recorded file's name; null where it does not name a cell. */
export function cellHashOf(recorded: string): string | null {
  return (kernelFile.exec(recorded) ?? cellInput.exec(recorded))?.[1] ?? null;
}

/** What `ipykernel` hashes a cell's source with. */
const kernelSeed = 0xc70f6907;

/** The hash in the name of the file that ipykernel compiles a cell as. @param source with line feeds alone */
export function kernelHash(source: string): string {
  return String(murmur2(new TextEncoder().encode(source), kernelSeed));
}

/** MurmurHash2 (https://github.com/aappleby/smhasher/blob/master/src/MurmurHash2.cpp). */
function murmur2(bytes: Uint8Array, seed: number): number {
  const m = 0x5bd1e995;
  const end = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < end; at += 4) {
    const four = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    const mixed = Math.imul(four, m);
    hash = Math.imul(hash, m) ^ Math.imul(mixed ^ (mixed >>> 24), m);
  }
  if (end < bytes.length) {
    for (let at = end; at < bytes.length; at++) hash ^= bytes[at]! << (8 * (at - end));
    hash = Math.imul(hash, m);
  }
  hash = Math.imul(hash ^ (hash >>> 13), m);
  return (hash ^ (hash >>> 15)) >>> 0;
}
