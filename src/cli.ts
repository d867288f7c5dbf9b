import { runCapture } from './commandLine/captureCommand';
import { runConvert } from './commandLine/convertCommand';
import { runDiff } from './commandLine/diffCommand';
import { runMcp } from './commandLine/mcpCommand';
import { runTop } from './commandLine/topCommand';
import { type CommandOutput, plain, USAGE, UsageError } from './commandLine/usage';
import { Engine } from './engine/engine';
import { nodePlatform } from './engine/nodePlatform';

declare const EMBERLINE_VERSION: string;

const commands: Readonly<Record<string, (engine: Engine, args: string[]) => Promise<CommandOutput>>> = {
  top: runTop,
  diff: runDiff,
  convert: runConvert,
  capture: runCapture,
};

async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === 'help' || args.includes('--help') || args.includes('-h')) {
    process.stdout.write(USAGE);
    return 0;
  }
  if (name === '--version') {
    process.stdout.write(`${EMBERLINE_VERSION}\n`);
    return 0;
  }
  try {
    if (name === 'mcp') {
      await runMcp(EMBERLINE_VERSION, rest);
      return 0;
    }
    const command = name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined;
    if (command === undefined) throw new UsageError(name === undefined ? 'No command.' : `No command "${name}".`);
    const { text, notes, exitCode = 0 } = await command(new Engine(nodePlatform), rest);
    process.stdout.write(text);
    for (const note of notes) process.stderr.write(`emberline: note: ${plain(note)}\n`);
    return exitCode;
  } catch (error) {
    return report(error);
  }
}

function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const wrongUsage = error instanceof UsageError || code.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`emberline: ${message.replaceAll('\n', ' ')}\n${wrongUsage ? USAGE : ''}`);
  return wrongUsage ? 2 : 1;
}

// A reader that closes early (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

// The usual end by Ctrl+C runs no `exit` handlers, and these remove what was downloaded.
process.once('SIGINT', () => {
  // A capture ends what it started first, and so does a server.
  if (process.argv[2] !== 'capture' && process.argv[2] !== 'mcp') process.exit(130);
});

main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
