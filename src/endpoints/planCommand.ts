import { readFile } from 'node:fs/promises';
import { basename, extname, isAbsolute, resolve } from 'node:path';
import { firstExecutable } from './findTool';
import { isGoProgram, languageOfName } from './localProcesses';
import { planNode } from './profileCommandNode';
import { type CommandLanguage, type CommandPlan, type CommandToPlan, firstLine } from './profileCommandPlan';
import { planGo, planJava, planNative, planPython } from './profileCommandSamplers';

/**
 * How to run a command under the sampler of its language.
 * @throws Error with a sentence where the program is not found, or no sampler fits
 */
export async function planCommand(command: CommandToPlan): Promise<CommandPlan> {
  const program = await findProgram(command);
  const found = { ...command, program, env: { ...process.env, ...command.env } };
  switch (await languageOf(program, command.args)) {
    case 'node':
      return planNode(found);
    case 'python':
      return planPython(found);
    case 'java':
      return planJava(found);
    case 'go test':
      return planGo(found);
    case 'go':
      return planNative(found, 'go');
    default:
      return planNative(found, 'native');
  }
}

async function findProgram({ args, cwd }: CommandToPlan): Promise<string> {
  const name = args[0]!;
  const local = /[/\\]/.test(name);
  const path = await firstExecutable([local && !isAbsolute(name) ? resolve(cwd, name) : name]);
  if (path !== null) return path;
  const script = resolve(cwd, name);
  const runner = { '.js': 'node', '.mjs': 'node', '.cjs': 'node', '.ts': 'node', '.py': 'python3' }[extname(name)];
  const exists = await readFile(script).catch(() => null);
  throw new Error(
    exists !== null && runner !== undefined
      ? `${name} is a script: write "${runner} ${name}".`
      : `The program ${name} was not found${local ? '' : ' on PATH'}: check its name${local ? ' and its folder' : ''}.`,
  );
}

const NODE_LAUNCHERS = new Set(
  'npm npx pnpm pnpx yarn corepack tsx ts-node vitest jest mocha ava tap next vite webpack rollup nodemon eslint tsc'.split(
    ' ',
  ),
);
const PYTHON_LAUNCHERS = new Set(
  'pytest py.test uv poetry pipenv hatch tox nox ipython flask django-admin gunicorn uvicorn'.split(' '),
);
const JAVA_LAUNCHERS = new Set('mvn mvnw mvnd gradle gradlew sbt ant kotlin scala clj lein'.split(' '));

/** By the program's name, the first line of a script, and the file itself. */
async function languageOf(program: string, args: readonly string[]): Promise<CommandLanguage> {
  const name = basename(args[0]!)
    .toLowerCase()
    .replace(/\.(exe|cmd|bat|ps1)$/, '');
  if (name === 'go' && args[1] === 'test') return 'go test';
  if (name === 'go') return 'go';
  const known = languageOfName(name);
  if (known === 'node' || known === 'python' || known === 'java') return known;
  if (NODE_LAUNCHERS.has(name)) return 'node';
  if (PYTHON_LAUNCHERS.has(name)) return 'python';
  if (JAVA_LAUNCHERS.has(name)) return 'java';
  const first = await firstLine(program);
  if (/^#!.*\bnode\b/.test(first)) return 'node';
  if (/^#!.*\b(python|pypy)/.test(first)) return 'python';
  return (await isGoProgram(program)) ? 'go' : 'native';
}
