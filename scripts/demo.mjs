// npm run demo: Emberline on a running service, in a real VS Code, used as a user does.
// `fleet`: three services behind one endpoint, captured at once, merged, split by instance.
// `--open` leaves VS Code running and prints its address; `--pictures` puts the pictures into media/ for the README.
import { parseArgs } from 'node:util';
import { setUp } from './lib/setup.mjs';

const options = readOptions();
await setUp();
try {
  if (options.fleet) {
    const { runFleetDemo } = await import('./lib/demoFleet.mjs');
    await runFleetDemo(options);
  } else {
    const { runDemo } = await import('./lib/demoRun.mjs');
    await runDemo(options);
  }
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
}
process.exit();

function readOptions() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        open: { type: 'boolean', default: false },
        pictures: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '5' },
      },
    });
    const seconds = Number(values.seconds);
    const known = positionals.every((word) => word === 'fleet');
    if (known && seconds >= 1 && seconds <= 120) return { ...values, seconds, fleet: positionals.length > 0 };
    console.error(known ? '--seconds takes 1 to 120.' : `There is no demo "${positionals.join(' ')}".`);
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run demo -- [fleet] [--open] [--pictures] [--seconds N]`);
  }
  process.exit(2);
}
