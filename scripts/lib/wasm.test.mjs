import { expect, it } from 'vitest';
import { compileScanner, readScanner } from './wasm.mjs';

it('the WebAssembly in git is that of its source: npm run wasm', async () => {
  expect(await readScanner()).toBe(await compileScanner());
}, 60_000);
