import { execFile } from 'node:child_process';
import { readdirSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { projectFile, writeWorkspace } from './workspaceFolder';

const run = promisify(execFile);

/** The hot line is 4; `churn` is declared on line 1, `visit` on 9. */
const hotSource = `export function churn(rounds: number): number {
  let sum: number = 0;
  for (let i = 0; i < rounds; i++) {
    sum += Math.sqrt(i) * Math.sin(i) + Math.atan2(i, sum);
  }
  return sum;
}

export function visit(depth: number, rounds: number): number {
  if (depth === 0) {
    return churn(rounds);
  }
  return visit(depth - 1, rounds) + 1;
}
`;

const mainSource = `import { visit } from './hot';

interface Order {
  rounds: number;
}

export function serve(order: Order): number {
  return visit(3, order.rounds);
}

const end = Date.now() + 1200;
let served = 0;
while (Date.now() < end) {
  served += serve({ rounds: 20000 });
}
console.log(served);
`;

export interface HotProgram {
  /** Absolute paths. */
  readonly folder: string;
  readonly profile: string;
  readonly hot: string;
  readonly main: string;
}

/**
 * A small TypeScript program in a folder of the workspace, compiled with external source maps, run by a real Node, and
 * the CPU profile that Node wrote of it.
 */
export async function makeHotProgram(name: string): Promise<HotProgram> {
  const folder = writeWorkspace(name, { 'src/hot.ts': hotSource, 'src/main.ts': mainSource });
  const esbuild = createRequire(projectFile('package.json'))('esbuild') as typeof import('esbuild');
  await esbuild.build({
    entryPoints: [join(folder, 'src', 'hot.ts'), join(folder, 'src', 'main.ts')],
    outdir: join(folder, 'out'),
    format: 'cjs',
    platform: 'node',
    sourcemap: 'linked',
    logLevel: 'silent',
  });
  await run(process.execPath, ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', folder, 'out/main.js'], {
    cwd: folder,
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' },
  });
  const profile = join(folder, `${name}.cpuprofile`);
  renameSync(join(folder, readdirSync(folder).find((file) => file.endsWith('.cpuprofile'))!), profile);
  return { folder, profile, hot: join(folder, 'src', 'hot.ts'), main: join(folder, 'src', 'main.ts') };
}
