// npm run demo: Emberline on a running service, in a real VS Code, used as a user does.
// `--open` leaves VS Code running and prints its address; `--pictures` puts the pictures into media/ for the README.
import { parseArgs } from 'node:util';
import { setUp } from './lib/setup.mjs';

const options = readOptions();
await setUp();
const { runDemo } = await import('./lib/demoRun.mjs');
try {
  await runDemo(options);
} catch (error) {
  console.error(`\nThe demo failed: ${error.message}`);
  process.exitCode = 1;
}
process.exit();

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        open: { type: 'boolean', default: false },
        pictures: { type: 'boolean', default: false },
        seconds: { type: 'string', default: '5' },
      },
    });
    const seconds = Number(values.seconds);
    if (seconds >= 1 && seconds <= 120) return { ...values, seconds };
    console.error('--seconds takes 1 to 120.');
  } catch (error) {
    console.error(`${error.message}\nUsage: npm run demo -- [--open] [--pictures] [--seconds N]`);
  }
  process.exit(2);
}
