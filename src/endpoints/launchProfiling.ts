import { mkdir, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InstanceResult } from './endpoint';
import { concatenateFiles } from './jfrByPid';
import { collectNode, collectNodeHeap, nodeProfilingOptions, withNodeOptions } from './profileCommandNode';
import type { CommandEnd } from './profileCommandPlan';

/** What a launch configuration may ask for by its member `emberlineProfile`. */
export type LaunchProfile = 'cpu' | 'heap';

/** A launch configuration, as far as it matters here. */
export interface LaunchConfiguration {
  readonly type: string;
  readonly request: string;
  readonly name: string;
  readonly [member: string]: unknown;
}

/** How the program of a launch configuration is profiled from its start. */
export type LaunchPlan =
  /** It profiles itself: `changes` go into the configuration, `collect` gives what it wrote by its end. */
  | {
      readonly by: 'itself';
      readonly changes: Readonly<Record<string, unknown>>;
      collect(end: CommandEnd): Promise<InstanceResult[]>;
    }
  /** By its process's number, as soon as the debug adapter tells it. */
  | { readonly by: 'process' }
  /** Through the debugger, as soon as it has a target. */
  | { readonly by: 'debugger' };

/**
 * The value of `emberlineProfile`: null where nothing is to be profiled.
 * @throws Error with a sentence where it is none of its values
 */
export function launchProfileOf(value: unknown): LaunchProfile | null {
  if (value === undefined || value === null || value === false) return null;
  if (value === true || value === 'cpu') return 'cpu';
  if (value === 'heap') return 'heap';
  throw new Error('"emberlineProfile" of a launch configuration is true, "cpu" or "heap": correct launch.json.');
}

const BROWSERS = /^(pwa-)?(chrome|msedge|editor-browser|extensionHost)$/;

/**
 * How to profile what a configuration launches.
 * @param folder empty, its own; what the program writes goes there
 * @throws Error with a sentence where its debugger's programs cannot be profiled so
 */
export async function planLaunch(
  configuration: LaunchConfiguration,
  what: LaunchProfile,
  folder: string,
): Promise<LaunchPlan> {
  const { type, name } = configuration;
  if (configuration.request !== 'launch') {
    throw new Error(
      `"${name}" attaches to what runs already: use "Emberline: Profile Debug Target", or "emberlineProfile" where the request is "launch".`,
    );
  }
  if (/^(pwa-)?node(-terminal)?$/.test(type)) return planNodeLaunch(configuration, what, folder);
  if (type === 'java') return planJavaLaunch(configuration, folder);
  if (type === 'go' && configuration['mode'] === 'test') return planGoTest(configuration, what, folder);
  if (what === 'heap') {
    throw new Error(
      `"${name}" cannot have its heap profiled from the start: "emberlineProfile": "heap" is for Node, Java and tests of Go. "cpu" is for all.`,
    );
  }
  return { by: BROWSERS.test(type) ? 'debugger' : 'process' };
}

async function planNodeLaunch(
  configuration: LaunchConfiguration,
  what: LaunchProfile,
  folder: string,
): Promise<LaunchPlan> {
  const options = await nodeProfilingOptions(folder, what);
  const runtime = configuration['runtimeExecutable'];
  // A launcher (npm, tsx) starts Node itself; a terminal runs any command.
  const direct =
    configuration.type !== 'node-terminal' &&
    (typeof runtime !== 'string' || /(^|[/\\])node(js)?(\.exe)?$/i.test(runtime));
  const env = { ...asRecord(configuration['env']) };
  const given = env['NODE_OPTIONS'];
  if (!direct) env['NODE_OPTIONS'] = withNodeOptions(typeof given === 'string' ? given : undefined, options);
  return {
    by: 'itself',
    changes: {
      env,
      ...(direct ? { runtimeArgs: [...options, ...words(configuration['runtimeArgs'])] } : {}),
      // A program that is killed writes no profile.
      killBehavior: 'polite',
    },
    collect: (end) => (what === 'cpu' ? collectNode(folder, end) : collectNodeHeap(folder, end)),
  };
}

/** A virtual machine that its debugger kills leaves the chunks of its recording. */
async function planJavaLaunch(configuration: LaunchConfiguration, folder: string): Promise<LaunchPlan> {
  const chunks = join(folder, 'chunks');
  await mkdir(chunks);
  const own = [
    `-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=${folder}`,
    `-XX:FlightRecorderOptions=repository=${chunks}`,
  ];
  const given = configuration['vmArgs'];
  const quoted = own.map((option) => (/\s/.test(option) ? `"${option}"` : option));
  return {
    by: 'itself',
    changes: {
      vmArgs:
        typeof given === 'string' && given.trim() !== '' ? `${given} ${quoted.join(' ')}` : [...words(given), ...own],
    },
    collect: async (end) => {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.jfr')).sort();
      if (names.length === 0 && (await concatenateFiles(chunks, '.jfr', join(folder, 'chunks.jfr')))) {
        names.push('chunks.jfr');
      }
      if (names.length === 0) {
        throw new Error(
          'Java wrote no flight recording: was it a virtual machine of JDK 11 or newer, and did it start?',
        );
      }
      return names.map((name, i) => ({
        instance: names.length === 1 ? configuration.name : `process ${i + 1}`,
        path: join(folder, name),
        name: `launch-${i}.jfr`,
        seconds: end.seconds,
        notes: name === 'chunks.jfr' ? ['The virtual machine was killed: up to its last second is missing.'] : [],
      }));
    },
  };
}

/** The test program that delve runs has the switches of `go test`. */
function planGoTest(configuration: LaunchConfiguration, what: LaunchProfile, folder: string): LaunchPlan {
  const path = join(folder, `${what}.pb.gz`);
  const option = what === 'cpu' ? 'cpuprofile' : 'memprofile';
  return {
    by: 'itself',
    changes: { args: [`-test.${option}=${path}`, ...words(configuration['args'])] },
    collect: async (end) => {
      if (((await stat(path).catch(() => null))?.size ?? 0) === 0) {
        throw new Error(
          'The test wrote no profile: one that is stopped before its end writes none. Let it run through.',
        );
      }
      return [{ instance: configuration.name, path, name: `${what}.pb.gz`, seconds: end.seconds, notes: [] }];
    },
  };
}

function words(value: unknown): string[] {
  if (typeof value === 'string') return value.split(/\s+/).filter((word) => word !== '');
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
