// npm run wasm: compiles src/formats/wasm/*.as.ts into the modules beside it, which are kept in git.
import { setUp } from './lib/setup.mjs';

await setUp();
const { compileScanner, writeScanner } = await import('./lib/wasm.mjs');
await writeScanner(await compileScanner());
