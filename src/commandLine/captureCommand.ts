import { constants, copyFile, access as mayAccess, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { writeCapture, writeCaptureSet } from '../endpoints/captureSetFile';
import type { EndpointKind, EndpointSpec, InstanceResult } from '../endpoints/endpoint';
import { endpointKind, endpointKinds } from '../endpoints/endpointKinds';
import { expandInstances } from '../endpoints/expandInstances';
import type { HttpAccess } from '../endpoints/httpAccess';
import { originOf, parseHttpAddress } from '../endpoints/httpAddress';
import { listedInstances } from '../endpoints/listedInstances';
import { kindOfAddress } from '../endpoints/probeAddress';
import { processKinds, specOfProcess } from '../endpoints/processSampler';
import { encodingForPath, listEncodings } from '../engine/encodeProfile';
import type { Engine } from '../engine/engine';
import { inputOptions, readAccess } from './profileInputs';
import { toolPaths } from './toolPaths';
import { type CommandOutput, UsageError } from './usage';

const DEFAULT_SECONDS = 10;

/** `emberline capture`. @throws UsageError */
export async function runCapture(engine: Engine, args: string[]): Promise<CommandOutput> {
  // What follows is a command to run, with options of its own.
  const dashes = args.indexOf('--');
  const command = dashes < 0 ? null : args.slice(dashes + 1);
  const { values, positionals: written } = parseArgs({
    args: dashes < 0 ? args : args.slice(0, dashes),
    allowPositionals: true,
    options: {
      kind: { type: 'string' },
      profile: { type: 'string' },
      seconds: { type: 'string' },
      concurrency: { type: 'string' },
      'instances-from': { type: 'string' },
      option: { type: 'string', multiple: true },
      output: { type: 'string', short: 'o' },
      ...inputOptions,
    },
  });
  const listing = values['instances-from'];
  const named = written.length > 0 || listing !== undefined;
  if (command === null ? !named : command.length === 0 || named) {
    throw new UsageError('capture needs a target: an address or process of a running program, or "-- COMMAND".');
  }
  const seconds = Number(values.seconds ?? DEFAULT_SECONDS);
  if (!(seconds > 0 && seconds <= 86_400)) throw new UsageError(`--seconds takes a number, not "${values.seconds}".`);
  if (values.concurrency !== undefined && !/^[1-9]\d*$/.test(values.concurrency)) {
    throw new UsageError(`--concurrency takes a whole number, not "${values.concurrency}".`);
  }
  const listed =
    listing === undefined ? [] : await listedInstances(listing, 'this capture', new AbortController().signal);
  const positionals = [...written, ...listed];
  const byPid = values.kind === undefined ? isPid(positionals) : isProcessKind(values.kind);
  const access = readAccess(values, new Set(command !== null || byPid ? [] : originsOf(positionals)));
  if (values.output !== undefined) await mustBeWritable(resolve(values.output));
  const { kind, target } = await targetOf(values.kind, positionals, command, access);
  const options = { ...target.options, ...readOptions(values.option ?? []) };
  const spec: EndpointSpec = {
    name: positionals.length > 1 ? `${positionals.length} targets` : (positionals[0] ?? command![0]!),
    ...target,
    kind: kind.name,
    ...(values.profile === undefined ? {} : { profile: values.profile }),
    ...(values.concurrency === undefined ? {} : { concurrency: Number(values.concurrency) }),
    options,
  };
  const cancel = new AbortController();
  const stop = new AbortController();
  const keeps = target.pid !== undefined || command !== null;
  const interrupt = (): void => (keeps && !stop.signal.aborted ? stop : cancel).abort();
  const end = (): void => cancel.abort();
  process.on('SIGINT', interrupt);
  process.once('SIGTERM', end);
  const folder = await mkdtemp(join(tmpdir(), 'emberline-capture-'));
  try {
    const results = await kind.capture({
      spec,
      // A command takes as long as it takes.
      seconds: command !== null && values.seconds === undefined ? Number.POSITIVE_INFINITY : seconds,
      signal: cancel.signal,
      stop: stop.signal,
      tools: toolPaths(process.env),
      onProgress: (_, what) => {
        if (process.stderr.isTTY) process.stderr.write(`\r\x1b[KCapturing ${what}`);
      },
      log: () => {},
      ...access,
      folder,
    });
    if (process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    const notes = results.flatMap((result) => ('error' in result ? [result.error] : result.notes));
    const base = join(folder, 'captured');
    const asSet = /\.emberline$/i.test(values.output ?? '') && results.some((result) => 'path' in result);
    const captured = await (asSet ? writeCaptureSet([results], base) : writeCapture(results, base));
    const ending = captured.slice(base.length);
    const wanted = resolve(values.output ?? `${defaultName(kind.name)}${ending}`);
    const output = await writeOutput(engine, captured, ending, wanted);
    if (output !== wanted) {
      const endings = listEncodings().flatMap(({ extensions }) => extensions);
      notes.push(`${wanted} names no format that can be written (${endings.join(', ')}): ${output} is as captured.`);
    }
    const exitCode = stop.signal.aborted ? 0 : commandCode(results);
    return { text: `${output}\n`, notes, exitCode };
  } catch (error) {
    if (cancel.signal.aborted) throw new Error('The capture was cancelled.');
    throw error;
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', end);
    await rm(folder, { recursive: true, force: true });
  }
}

/** That of the command that was run, so that whoever runs it by this is told as by itself; 1 where a signal ended it. */
function commandCode(results: readonly InstanceResult[]): number {
  const codes = results.flatMap((result) => ('exitCode' in result ? [result.exitCode ?? 1] : []));
  return codes.find((code) => code !== 0) ?? 0;
}

/** A process by its number, a command, or addresses. @throws UsageError, Error with a sentence */
async function targetOf(
  name: string | undefined,
  targets: readonly string[],
  command: readonly string[] | null,
  access: HttpAccess,
): Promise<{ kind: EndpointKind; target: Pick<EndpointSpec, 'url' | 'pid' | 'command' | 'options'> }> {
  if (command !== null) return { kind: endpointKind('command')!, target: { command, options: { show: true } } };
  const byProcess = name !== undefined && isProcessKind(name);
  if (!byProcess && (name !== undefined || !isPid(targets))) {
    return { kind: await kindOf(name, targets, access), target: { url: targets } };
  }
  const pid = Number(targets[0]);
  if (targets.length > 1 || !Number.isSafeInteger(pid)) {
    throw new UsageError(`--kind ${name} takes the number of one process, not "${targets.join(' ')}".`);
  }
  if (byProcess) return { kind: endpointKind(name!)!, target: { pid } };
  const { kind, ...target } = await specOfProcess(pid);
  return { kind: endpointKind(kind)!, target };
}

function isProcessKind(name: string): boolean {
  return processKinds.some((each) => each === name);
}

function isPid(targets: readonly string[]): boolean {
  return targets.length === 1 && /^\d+$/.test(targets[0]!);
}

/** What a target looks like, where no kind was said; where its address does not tell, what it answers does. */
async function kindOf(name: string | undefined, targets: readonly string[], access: HttpAccess): Promise<EndpointKind> {
  if (name !== undefined) {
    const kind = endpointKind(name);
    if (kind === null) {
      throw new UsageError(`--kind takes ${endpointKinds.map((each) => each.name).join(', ')}, not "${name}".`);
    }
    return kind;
  }
  return endpointKind(await kindOfAddress(targets[0]!, { ...access, signal: new AbortController().signal }));
}

function originsOf(targets: readonly string[]): string[] {
  try {
    return expandInstances(targets).map((target) => originOf(parseHttpAddress(target)));
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

/** Before anything is captured: an hour's samples are not lost to a folder's name. @throws Error with a sentence */
async function mustBeWritable(output: string): Promise<void> {
  try {
    await mayAccess(dirname(output), constants.W_OK);
  } catch (error) {
    throw new Error(`${output} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * As it was captured where the ending is that format's or names none, else converted: what was sampled is not thrown away
 * for a name.
 * @returns the file's path
 * @throws Error of the file system, and with a sentence where it cannot be converted
 */
async function writeOutput(engine: Engine, captured: string, ending: string, output: string): Promise<string> {
  const same = output.toLowerCase().endsWith(ending);
  const encoding = same && ending !== '' ? null : encodingForPath(output);
  if (encoding === null) {
    const path = same ? output : output + ending;
    try {
      await copyFile(captured, path);
    } catch (error) {
      throw new Error(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}`);
    }
    return path;
  }
  const { profile, defaultSampleType } = await engine.request('open', {
    source: { kind: 'file', path: captured },
    name: output,
  });
  const view = { sampleType: defaultSampleType, thread: null };
  await writeFile(output, await engine.request('encode', { profile, format: encoding.name, view }));
  return output;
}
