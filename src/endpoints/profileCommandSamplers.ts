import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { findTool } from './findTool';
import { perfAdvice, perfRecordOptions, writePerfScript } from './perf';
import {
  type CommandEnd,
  type CommandLanguage,
  type CommandPlan,
  commandEnd,
  ending,
  type FoundCommand,
  firstLine,
  outputPath,
} from './profileCommandPlan';
import { pySpyOptions } from './pySpy';
import { firstError, runTool } from './runTool';

/** py-spy where it can, else cProfile. */
export async function planPython(command: FoundCommand): Promise<CommandPlan> {
  const { program, args, tools, options } = command;
  const wanted = options?.['sampler'];
  // macOS lets root alone look into a process, a child too.
  const allowed = process.platform !== 'darwin' || process.getuid?.() === 0;
  const tool =
    wanted === 'cprofile' || !allowed
      ? null
      : await findTool('py-spy', tools).catch((error) => {
          if (wanted === 'py-spy') throw error;
          return null;
        });
  if (tool === null) return planCProfile(command);
  const output = outputPath(command, 'py-spy.folded');
  const code = outputPath(command, 'exitCode');
  let wrapped = [program, ...args.slice(1)];
  if (process.platform !== 'win32') {
    // py-spy does not tell how the command ended. A file, as py-spy writes the command line into each stack.
    const script = outputPath(command, 'run.sh');
    await writeFile(script, '#!/bin/sh\ncode="$1"\nshift\n"$@"\nended=$?\necho $ended > "$code"\nexit $ended\n');
    wrapped = ['/bin/sh', script, code, ...wrapped];
  }
  return {
    language: 'python',
    sampler: 'py-spy record',
    command: tool,
    args: ['record', ...pySpyOptions({ ...options, subprocesses: true }, output), '--', ...wrapped],
    env: {},
    collect: async (end) => {
      const own = Number.parseInt(await readFile(code, 'utf8').catch(() => ''), 10);
      const exitCode = Number.isNaN(own) ? end.exitCode : own;
      if (!(await exists(output))) {
        throw new Error(
          `py-spy took no samples: ${ending(exitCode)}. ${end.exitCode === 0 ? 'Was it over at once?' : sentence(end.said)}`.trim(),
        );
      }
      return [
        { instance: 'command', path: output, name: 'command.folded', seconds: end.seconds, ...commandEnd(exitCode) },
      ];
    },
  };
}

/** Options of Python that take a value as the next argument. */
const PYTHON_VALUES = new Set(['-W', '-X', '--check-hash-based-pycs']);

async function planCProfile(command: FoundCommand): Promise<CommandPlan> {
  const { program, args } = command;
  const output = outputPath(command, 'profile.pstats');
  const profiler = ['-m', 'cProfile', '-o', output];
  let run: { command: string; args: string[] };
  if (/^(python|pypy)/i.test(basename(program))) {
    let first = 1;
    while (first < args.length && /^-[^cm]/.test(args[first]!)) first += PYTHON_VALUES.has(args[first]!) ? 2 : 1;
    if (args[first]?.startsWith('-c')) {
      throw new Error(
        'cProfile cannot run "python -c": install py-spy ("pip install py-spy"), or put the code into a file.',
      );
    }
    run = { command: program, args: [...args.slice(1, first), ...profiler, ...args.slice(first)] };
  } else {
    // A script of an environment: its first line names the Python that it belongs to.
    const interpreter = /^#!\s*(\S*(?:python|pypy)\S*)\s*$/.exec(await firstLine(program))?.[1];
    if (interpreter === undefined) {
      throw new Error(
        `${basename(program)} starts Python by itself, which py-spy alone can follow: install it with "pip install py-spy".`,
      );
    }
    run = { command: interpreter, args: [...profiler, program, ...args.slice(1)] };
  }
  return {
    language: 'python',
    sampler: 'cProfile',
    ...run,
    env: {},
    collect: async (end) => {
      if (!(await exists(output)))
        throw new Error(`cProfile wrote nothing: ${ending(end.exitCode)}. ${sentence(end.said)}`.trim());
      const note =
        'Every call was counted by cProfile, which makes small functions look dearer than they are: py-spy samples instead.';
      return [
        {
          instance: 'command',
          path: output,
          name: 'command.pstats',
          seconds: end.seconds,
          exitCode: end.exitCode,
          notes: [note, ...commandEnd(end.exitCode).notes],
        },
      ];
    },
  };
}

/** A virtual machine, or several that a build starts: each writes a recording. */
export async function planJava(command: FoundCommand): Promise<CommandPlan> {
  const { program, args, folder, env } = command;
  // A folder as file name: each machine writes a file of its own there.
  const option = `-XX:StartFlightRecording=settings=profile,dumponexit=true,filename=${folder}`;
  const java = /^javaw?(\.exe)?$/i.test(basename(program));
  return {
    language: 'java',
    sampler: 'java -XX:StartFlightRecording',
    command: program,
    args: java ? [option, ...args.slice(1)] : args.slice(1),
    env: java ? {} : { JAVA_TOOL_OPTIONS: [env['JAVA_TOOL_OPTIONS'], option].filter((each) => each).join(' ') },
    collect: async (end) => {
      const names = (await readdir(folder)).filter((name) => name.endsWith('.jfr')).sort();
      if (names.length === 0)
        throw new Error(`Java wrote no recording: ${ending(end.exitCode)}. ${sentence(end.said)}`.trim());
      return names.map((name, i) => ({
        instance: names.length === 1 ? 'command' : `process ${/pid-(\d+)/.exec(name)?.[1] ?? i + 1}`,
        path: join(folder, name),
        name: `command-${i}.jfr`,
        seconds: end.seconds,
        ...(i === 0 ? commandEnd(end.exitCode) : { notes: [] }),
      }));
    },
  };
}

/** `go test`, which profiles by itself. */
export async function planGo(command: FoundCommand): Promise<CommandPlan> {
  const { program, args } = command;
  const output = outputPath(command, 'cpu.pb.gz');
  const given = args.find((arg) => /^--?(test\.)?cpuprofile(=|$)/.test(arg));
  if (given !== undefined)
    throw new Error('The command has a -cpuprofile of its own: leave it away, Emberline sets it.');
  const binary = args.some((arg) => /^--?o(=|$)/.test(arg)) ? [] : [`-o=${outputPath(command, 'test.bin')}`];
  return {
    language: 'go test',
    sampler: 'go test -cpuprofile',
    command: program,
    args: ['test', `-cpuprofile=${output}`, ...binary, ...args.slice(2)],
    env: {},
    collect: async (end) => {
      if (!(await exists(output))) {
        const several = /multiple packages/.test(end.said) || args.some((arg) => arg.includes('...'));
        const why = several ? 'go test profiles one package at a time: name one.' : sentence(end.said);
        throw new Error(`go test wrote no profile: ${ending(end.exitCode)}. ${why}`.trim());
      }
      return [
        {
          instance: 'command',
          path: output,
          name: 'command.pb.gz',
          seconds: end.seconds,
          ...commandEnd(end.exitCode),
        },
      ];
    },
  };
}

/** Anything that runs, with its children, by perf. */
export async function planNative(command: FoundCommand, language: CommandLanguage): Promise<CommandPlan> {
  const { program, args, tools, options, folder } = command;
  if (process.platform !== 'linux') {
    throw new Error(
      `${basename(program)} is no program of Node's, Python's or Java's, nor "go test": Linux' perf would sample it, but not here.`,
    );
  }
  const tool = await findTool('perf', tools);
  const data = outputPath(command, 'perf.data');
  const path = join(folder, 'perf.perf');
  // Go keeps frame pointers: far less is copied.
  const graph = language === 'go' ? { callGraph: 'fp', ...options } : options;
  return {
    language,
    sampler: 'perf record',
    command: tool,
    args: [...perfRecordOptions(graph, data), '--', program, ...args.slice(1)],
    env: {},
    collect: async (end) => {
      if (!(await exists(data))) {
        const refused = await perfAdvice({ stdout: '', stderr: end.said || (await probe(tool, end)) });
        throw new Error(refused ?? `perf took no samples: ${ending(end.exitCode)}. ${sentence(end.said)}`.trim());
      }
      const spec = { name: 'command', kind: 'perf', ...(options ? { options } : {}) } as const;
      const notes = await writePerfScript({ ...end, spec }, { tool, data, path });
      return [
        {
          instance: 'command',
          path,
          name: 'command.perf',
          seconds: end.seconds,
          exitCode: end.exitCode,
          notes: [...commandEnd(end.exitCode).notes, ...notes],
        },
      ];
    },
  };
}

/** What perf says where its own words were shown in a terminal. */
async function probe(tool: string, { signal }: CommandEnd): Promise<string> {
  const { stderr } = await runTool(tool, ['record', '-q', '-o', '/dev/null', 'true'], { signal });
  return stderr;
}

async function exists(path: string): Promise<boolean> {
  return ((await stat(path).catch(() => null))?.size ?? 0) > 0;
}

function sentence(said: string): string {
  return said.trim() === '' ? 'Its terminal says more.' : `${firstError({ stdout: said, stderr: '' })}.`;
}
