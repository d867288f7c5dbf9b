// npm run wasm: compiles src/**/wasm/*.as.ts into the modules beside them, which are kept in git.
import { setUp } from './lib/setup.mjs';

await setUp();
const { wasmSources, writeWasm } = await import('./lib/wasm.mjs');
for (const wasm of wasmSources) await writeWasm(wasm);
