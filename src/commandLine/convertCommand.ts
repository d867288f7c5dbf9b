import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { encodingForPath, listEncodings } from '../engine/encodeProfile';
import type { Engine } from '../engine/engine';

import { type CommandOutput, UsageError } from './usage';

/** `emberline convert IN OUT`: writes OUT, in the format of its ending. */
export async function runConvert(engine: Engine, args: string[]): Promise<CommandOutput> {
  const { positionals } = parseArgs({ args, allowPositionals: true, options: {} });
  if (positionals.length !== 2) throw new UsageError('convert takes an input and an output file.');
  const [input, output] = positionals;
  const encoding = encodingForPath(output);
  if (encoding === null) {
    const endings = listEncodings().flatMap(({ extensions }) => extensions);
    throw new UsageError(`"${output}" has none of the endings that Emberline writes: ${endings.join(', ')}.`);
  }
  const { profile, notes } = await engine.request('open', { source: { kind: 'file', path: input }, name: input });
  const bytes = await engine.request('encode', { profile, format: encoding.name });
  try {
    writeFileSync(output, bytes);
  } catch (error) {
    throw new Error(`${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { text: '', notes };
}
