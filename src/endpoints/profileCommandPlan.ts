import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaptureRequest, EndpointSpec, InstanceResult } from './endpoint';
import type { ToolPaths } from './findTool';

export type CommandLanguage = 'node' | 'python' | 'java' | 'go test' | 'go' | 'native';

/** How a command is run so that it is sampled. */
export interface CommandPlan {
  readonly language: CommandLanguage;
  /** The sampler, as shown: "node --cpu-prof". */
  readonly sampler: string;
  /** To run instead, in the same folder. */
  readonly command: string;
  readonly args: readonly string[];
  /** Variables beside those of the environment. */
  readonly env: Readonly<Record<string, string>>;
  /** What was written, once the command has ended. @throws Error with a sentence where that is nothing */
  collect(end: CommandEnd): Promise<InstanceResult[]>;
}

export interface CommandEnd extends Pick<CaptureRequest, 'signal' | 'onProgress' | 'log'> {
  /** Of what was run: the plan knows the command's own where they differ. Null where a signal ended it. */
  readonly exitCode: number | null;
  /** The process that was run, null where that is not known. */
  readonly launcherPid: number | null;
  readonly seconds: number;
  /** The end of what it printed, where that is known. */
  readonly said: string;
}

export interface CommandToPlan {
  readonly args: readonly string[];
  readonly cwd: string;
  /** An empty folder of its own, where the sampler writes. */
  readonly folder: string;
  readonly tools: ToolPaths | undefined;
  readonly options?: EndpointSpec['options'];
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A command whose program has been found. */
export interface FoundCommand extends CommandToPlan {
  /** Its path. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The beginning of the file: its `#!` line where it is a script. */
export async function firstLine(path: string): Promise<string> {
  const file = await open(path).catch(() => null);
  if (file === null) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    return buffer.toString('latin1', 0, bytesRead).split('\n')[0]!;
  } finally {
    await file.close();
  }
}

/** Where a plan's sampler writes. */
export function outputPath({ folder }: CommandToPlan, name: string): string {
  return join(folder, name);
}

/** How a command ended, for the middle of a sentence. */
export function ending(code: number | null): string {
  return code === null ? 'the command was ended by a signal' : `the command ended with exit code ${code}`;
}

/** What a capture says of how the command ended: nothing but its code where that is 0. */
export function commandEnd(code: number | null): { exitCode: number | null; notes: string[] } {
  return { exitCode: code, notes: code === 0 ? [] : [`T${ending(code).slice(1)}.`] };
}
