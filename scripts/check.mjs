// npm run check: format and lint with import direction, types, what nothing uses, and the bundles' sizes; all reported together.
import { spawn } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { root, setUp } from './lib/setup.mjs';

await setUp();
const { build } = await import('./lib/build.mjs');
const { bundleLimits } = await import('./lib/limits.mjs');

const bin = (...path) => join(root, 'node_modules', ...path);
const checks = [
  { name: 'format and lint', args: [bin('@biomejs', 'biome', 'bin', 'biome'), 'ci', '--colors=off'] },
  { name: 'types', args: [bin('typescript', 'bin', 'tsc'), '--noEmit', '--pretty', 'false'] },
  {
    name: 'no DOM outside of webview/',
    args: [bin('typescript', 'bin', 'tsc'), '--noEmit', '--pretty', 'false', '-p', 'tsconfig.host.json'],
  },
  { name: 'nothing unused', args: [bin('knip', 'bin', 'knip.js'), '--no-progress'] },
  { name: 'bundle sizes', run: checkSizes },
];

const failed = [];
for (const check of checks) {
  const { ok, output } = await (check.run ?? (() => runNode(check.args)))();
  console.log(`${ok ? '✓' : '✗'} ${check.name}`);
  if (output.trim() !== '' && (!ok || check.run)) console.log(output.trimEnd().replace(/^/gm, '    '));
  if (!ok) failed.push(check.name);
}
console.log(failed.length === 0 ? 'All checks passed.' : `Failed: ${failed.join(', ')}.`);
process.exitCode = failed.length === 0 ? 0 : 1;

function runNode(args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
      });
    }
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output }));
  });
}

async function checkSizes() {
  try {
    await build();
  } catch (error) {
    return { ok: false, output: error.message };
  }
  const lines = [];
  let ok = true;
  for (const { file, parts, limit } of bundleLimits) {
    const files = parts === undefined ? [file] : JSON.parse(readFileSync(join(root, parts), 'utf8'));
    const size = files.reduce((sum, each) => sum + statSync(join(root, each)).size, 0);
    const fits = size <= limit;
    ok &&= fits;
    lines.push(`${fits ? ' ' : '!'} ${file}  ${kilobytes(size)} of at most ${kilobytes(limit)}`);
  }
  return { ok, output: lines.join('\n') };
}

function kilobytes(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
