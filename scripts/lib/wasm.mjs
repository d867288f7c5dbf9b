// Compiles the WebAssembly that the .cpuprofile decoder uses, and writes it as a module with the bytes in base64.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './setup.mjs';

const folder = 'src/formats/wasm';
const target = join(root, folder, 'cpuprofileScannerModule.ts');

/** The text of the generated module, from its source. */
export async function compileScanner() {
  const { default: asc } = await import('assemblyscript/asc');
  let bytes;
  const { error, stderr } = await asc.main(
    [
      `${folder}/cpuprofileScanner.as.ts`,
      ...['--baseDir', root, '--outFile', 'scanner.wasm', '--runtime', 'stub', '--enable', 'simd', '--noAssert'],
      // 64 KiB each: what the columns take, and the first slots of the table.
      ...['--initialMemory', '16', '--optimizeLevel', '3', '--shrinkLevel', '0'],
    ],
    {
      writeFile: (_name, contents) => {
        bytes = Buffer.from(contents);
      },
    },
  );
  if (error) throw new Error(`The scanner does not compile: ${error.message}\n${stderr.toString()}`);
  return [
    '// Generated from cpuprofileScanner.as.ts by `npm run wasm`: do not edit.',
    '',
    '/** The bytes of the WebAssembly module, in base64. */',
    'export const scannerModule =',
    `  '${bytes.toString('base64')}';`,
    '',
  ].join('\n');
}

export async function readScanner() {
  return await readFile(target, 'utf8');
}

export async function writeScanner(text) {
  await writeFile(target, text);
}
