// npm run bench [-- NAME…]: speed and memory as ratios measured in one run, and the limits they must keep.
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, setUp } from './lib/setup.mjs';

await setUp();
const { build } = await import('./lib/build.mjs');
const { findBrowser } = await import('./lib/browser.mjs');
const { vsixLimit } = await import('./lib/limits.mjs');
const { packVsix } = await import('./lib/vsix.mjs');
const esbuild = await import('esbuild');

const wanted = process.argv.slice(2);
const source = join(root, 'test', 'bench');
const built = join(root, 'dist-test', 'bench');
const packageSize = {
  name: 'Package',
  run: async () => ({ rows: [{ what: 'VSIX', value: packVsix().bytes / 1000, unit: 'kB', limit: vsixLimit / 1000 }] }),
};

let broken = 0;
try {
  await build();
  process.env.EMBERLINE_CHROMIUM = await findBrowser();
  const benches = [...(await loadBenches()), packageSize];
  const isOf = (bench, word) => bench.name.toLowerCase().includes(word.toLowerCase());
  for (const word of wanted) {
    if (!benches.some((bench) => isOf(bench, word)))
      throw new Error(`There is no bench "${word}": ${benches.map(({ name }) => name).join(', ')}.`);
  }
  for (const bench of benches) {
    if (wanted.length > 0 && !wanted.some((word) => isOf(bench, word))) continue;
    console.log(`\n${bench.name}`);
    const { rows } = await bench.run();
    print(rows);
  }
} catch (error) {
  console.error(error.stack ?? error.message);
  broken++;
}
console.log(broken === 0 ? '\nEvery limit is kept.' : `\n${broken} not as it must be.`);
process.exit(broken === 0 ? 0 : 1);

/** The *.bench.ts files, bundled: see test/bench/bench.ts for what they export. */
async function loadBenches() {
  const files = (await readdir(source)).filter((file) => file.endsWith('.bench.ts')).sort();
  await rm(built, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: files.map((file) => join(source, file)),
    outdir: built,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    // A bench names the files it needs from the project's folder.
    define: { 'import.meta.dirname': JSON.stringify(source) },
  });
  const modules = files.map((file) => import(pathToFileURL(join(built, file.replace(/\.ts$/, '.mjs'))).href));
  return Promise.all(modules);
}

function print(rows) {
  const width = Math.max(...rows.map((row) => row.what.length));
  for (const { what, value, unit, limit } of rows) {
    const kept = limit === null || value <= limit;
    if (!kept) broken++;
    const bound = limit === null ? '' : `  at most ${format(limit)} ${kept ? '✓' : '✗'}`;
    console.log(`  ${what.padEnd(width)}  ${format(value).padStart(9)} ${unit}${bound}`);
  }
}

function format(value) {
  return value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2);
}
