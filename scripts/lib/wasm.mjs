// Compiles the WebAssembly of decoders and analysis, and writes it as modules with the bytes in base64.
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { root } from './setup.mjs';

export const wasmSources = [
  { source: 'src/formats/cpuprofile/wasm/cpuprofileScanner.as.ts' },
  { source: 'src/formats/cpuprofile/wasm/cpuprofileTree.as.ts' },
  { source: 'src/formats/folded/wasm/foldedScanner.as.ts' },
  { source: 'src/analysis/wasm/callTree.as.ts' },
  { source: 'src/analysis/wasm/stackValues.as.ts' },
];

/** As `FIRST_PAGES` in src/profile/wasmModule.ts. */
const PAGES = 16;

function target({ source }) {
  return join(root, source.replace(/\.as\.ts$/, 'Module.ts'));
}

/** The text of the generated module of a source. */
export async function compileWasm({ source }) {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await asc.main(
    [
      source,
      ...['--baseDir', root, '--outFile', 'out.wasm', '--runtime', 'stub', '--enable', 'simd', '--noAssert'],
      ...['--importMemory', '--initialMemory', String(PAGES), '--optimizeLevel', '3', '--shrinkLevel', '0'],
    ],
    {
      writeFile: (_name, contents) => {
        bytes = Buffer.from(contents);
      },
    },
  );
  if (error) throw new Error(`${source} does not compile: ${error.message}\n${stderr.toString()}`);
  const name = basename(source, '.as.ts');
  return [
    `// Generated from ${name}.as.ts by \`npm run wasm\`: do not edit.`,
    '',
    '/** The bytes of the WebAssembly module, in base64. */',
    `export const ${name}Module =`,
    `  '${bytes.toString('base64')}';`,
    '',
  ].join('\n');
}

/** The generated module as it is kept. */
export async function readWasm(wasm) {
  return await readFile(target(wasm), 'utf8');
}

export async function writeWasm(wasm) {
  await writeFile(target(wasm), await compileWasm(wasm));
}
