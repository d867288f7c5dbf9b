import { expect, it } from 'vitest';
import { compileWasm, readWasm, wasmSources } from './wasm.mjs';

it.each(wasmSources)('the WebAssembly in git is that of $source: npm run wasm', async (wasm) => {
  expect(await readWasm(wasm)).toBe(await compileWasm(wasm));
});
