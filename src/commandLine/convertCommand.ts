import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { encodingForPath, isDrawing, listEncodings } from '../engine/encodeProfile';
import type { Engine } from '../engine/engine';
import { inputOptions, openInputs } from './profileInputs';
import { filterOptions, readDimension, readFilter } from './sampleFilter';
import { type CommandOutput, UsageError } from './usage';

/** `emberline convert IN… OUT`: writes OUT, in the format of its ending. Several inputs are merged. */
export async function runConvert(engine: Engine, args: string[]): Promise<CommandOutput> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { ...inputOptions, ...filterOptions, type: { type: 'string' }, 'split-by': { type: 'string' } },
  });
  if (positionals.length < 2) throw new UsageError('convert takes an input and an output file.');
  const inputs = positionals.slice(0, -1);
  const output = positionals[positionals.length - 1];
  const encoding = encodingForPath(output);
  if (encoding === null) {
    const endings = listEncodings().flatMap(({ extensions }) => extensions);
    throw new UsageError(`"${output}" has none of the endings that Emberline writes: ${endings.join(', ')}.`);
  }
  const splitBy = values['split-by'];
  const divided = [values.filter, values.thread, values.process, splitBy].some((option) => option !== undefined);
  if (divided && !isDrawing(encoding)) {
    throw new UsageError('--filter, --thread, --process and --split-by are for flame graphs (.html, .svg).');
  }
  const opened = await openInputs(engine, inputs, values);
  const summary =
    opened.length === 1
      ? opened[0]
      : await engine.request('merge', {
          profiles: opened.map((summary) => summary.profile),
          name: opened.map(({ name }) => name).join(', '),
        });
  const { profile, notes, sampleTypes, defaultSampleType } = summary;
  const known = sampleTypes.map(({ type }) => type);
  const sampleType = values.type === undefined ? defaultSampleType : known.indexOf(values.type);
  if (sampleType < 0) {
    throw new Error(`There is no sample type "${values.type}": the profile has ${known.join(', ')}.`);
  }
  const view = {
    sampleType,
    thread: null,
    filter: readFilter(summary, values),
    splitBy: splitBy === undefined ? null : readDimension(summary, splitBy),
  };
  const bytes = await engine.request('encode', { profile, format: encoding.name, view });
  try {
    writeFileSync(output, bytes);
  } catch (error) {
    throw new Error(`${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  return { text: '', notes };
}
