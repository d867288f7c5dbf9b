// npm run package: the .vsix, built anew, without a warning and within its size.
import { setUp } from './lib/setup.mjs';

await setUp();
const { build } = await import('./lib/build.mjs');
const { packVsix } = await import('./lib/vsix.mjs');
const { vsixLimit } = await import('./lib/limits.mjs');

try {
  await build();
  const { path, bytes, output } = packVsix();
  console.log(output.trimEnd());
  console.log(`${path}: ${(bytes / 1000).toFixed(0)} kB of at most ${vsixLimit / 1000} kB`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
