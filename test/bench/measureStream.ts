import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Streamed } from './streamChild';

/** Bundles streamChild.ts into a folder. @returns what measures one thing in a process of its own */
export async function streamMeasurer(folder: string): Promise<(what: string, file: string) => Streamed> {
  const child = join(folder, 'streamChild.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'streamChild.ts')],
    outfile: child,
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
  });
  return (what, file) =>
    JSON.parse(execFileSync(process.execPath, [child, what, file], { encoding: 'utf8' })) as Streamed;
}

export function median(values: number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}
