import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { withScheme } from '../endpoints/captureInstances';
import { writeCapture } from '../endpoints/captureSetFile';
import type { EndpointKind, EndpointSpec } from '../endpoints/endpoint';
import { endpointKind, endpointKinds } from '../endpoints/endpointKinds';
import { expandInstances } from '../endpoints/expandInstances';
import { encodingForPath, listEncodings } from '../engine/encodeProfile';
import type { Engine } from '../engine/engine';
import { inputOptions, readHeaders } from './profileInputs';
import { type CommandOutput, UsageError } from './usage';

const DEFAULT_SECONDS = 10;

/** `emberline capture`. @throws UsageError */
export async function runCapture(engine: Engine, args: string[]): Promise<CommandOutput> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      profile: { type: 'string' },
      seconds: { type: 'string', default: String(DEFAULT_SECONDS) },
      concurrency: { type: 'string' },
      option: { type: 'string', multiple: true },
      output: { type: 'string', short: 'o' },
      ...inputOptions,
    },
  });
  if (positionals.length === 0) throw new UsageError('capture needs a target: an address of a running program.');
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 86_400)) throw new UsageError(`--seconds takes a number, not "${values.seconds}".`);
  if (values.concurrency !== undefined && !/^[1-9]\d*$/.test(values.concurrency)) {
    throw new UsageError(`--concurrency takes a whole number, not "${values.concurrency}".`);
  }
  const headers = readHeaders(values);
  const kind = kindOf(values.kind, positionals);
  const spec: EndpointSpec = {
    name: positionals.length === 1 ? positionals[0]! : `${positionals.length} targets`,
    kind: kind.name,
    url: positionals,
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    ...(values.concurrency === undefined ? {} : { concurrency: Number(values.concurrency) }),
    options: readOptions(values.option ?? []),
  };
  const named = new Set(originsOf(positionals));
  const cancel = new AbortController();
  const interrupt = (): void => cancel.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  const folder = await mkdtemp(join(tmpdir(), 'emberline-capture-'));
  try {
    const results = await kind.capture({
      spec,
      seconds,
      signal: cancel.signal,
      onProgress: (_, what) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[KCapturing ${what}`);
      },
      log: () => {},
      headersFor: (origin) => (named.has(origin) ? headers : {}),
      folder,
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const notes = results.flatMap((result) => ('error' in result ? [result.error] : result.notes));
    const captured = await writeCapture(results, join(folder, 'captured'));
    const ending = captured.slice(join(folder, 'captured').length);
    const output = resolve(values.output ?? `${defaultName(kind.name)}${ending}`);
    await writeOutput(engine, captured, ending, output);
    return { text: `${output}\n`, notes };
  } catch (error) {
    if (cancel.signal.aborted) throw new Error('The capture was cancelled.');
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
    await rm(folder, { recursive: true, force: true });
  }
}

/** What a target looks like, where no kind was said. */
function kindOf(name: string | undefined, targets: readonly string[]): EndpointKind {
  if (name !== undefined) {
    const kind = endpointKind(name);
    if (kind === null) {
      throw new UsageError(`--kind takes ${endpointKinds.map((each) => each.name).join(', ')}, not "${name}".`);
    }
    return kind;
  }
  const first = targets[0]!;
  const guess = /\/debug\/pprof(\/|$)|:6060\b/.test(first)
    ? 'go-pprof'
    : /:(9229|9222)\b/.test(first)
      ? 'v8-inspector'
      : /:16384\b/.test(first)
        ? 'nylas'
        : /^https?:\/\/[^/]+\/.+/.test(first)
          ? 'http'
          : 'go-pprof';
  return endpointKind(guess)!;
}

function originsOf(targets: readonly string[]): string[] {
  try {
    return expandInstances(targets).map((target) => new URL(withScheme(target)).origin);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** `key=value`; numbers, true and false are what they look like. */
function readOptions(pairs: readonly string[]): Record<string, string | number | boolean> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const equals = pair.indexOf('=');
      if (equals <= 0) throw new UsageError(`--option takes KEY=VALUE, not "${pair}".`);
      const text = pair.slice(equals + 1);
      const value =
        text === 'true' ? true : text === 'false' ? false : /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
      return [pair.slice(0, equals), value];
    }),
  );
}

function defaultName(kind: string): string {
  return `${kind}-${new Date().toISOString().slice(0, 19).replace(/[:T]/g, '-')}`;
}

/** As it was captured where the ending is that format's, else converted. @throws UsageError, Error of the file system */
async function writeOutput(engine: Engine, captured: string, ending: string, output: string): Promise<void> {
  try {
    if (ending !== '' && output.toLowerCase().endsWith(ending)) return await copyFile(captured, output);
  } catch (error) {
    throw new Error(`${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
  const encoding = encodingForPath(output);
  if (encoding === null) {
    const endings = listEncodings().flatMap(({ extensions }) => extensions);
    throw new UsageError(
      `"${output}" ends neither in "${ending}", as it was captured, nor in what can be written: ${endings.join(', ')}.`,
    );
  }
  const { profile, defaultSampleType } = await engine.request('open', {
    source: { kind: 'file', path: captured },
    name: output,
  });
  const view = { sampleType: defaultSampleType, thread: null };
  await writeFile(output, await engine.request('encode', { profile, format: encoding.name, view }));
}
