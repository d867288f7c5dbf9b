import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import type { McpOptions, serveMcp } from './mcpServer';

/**
 * `emberline mcp`: serves until its client goes. The server is a file of its own beside this one, which only this command
 * loads: the protocol's SDK is most of it.
 * @throws an error of `parseArgs` for wrong usage
 */
export async function runMcp(version: string, args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      base: { type: 'string' },
      root: { type: 'string', multiple: true },
      'allow-capture': { type: 'boolean', default: false },
    },
  });
  const options: McpOptions = {
    version,
    profiles: positionals.map((path) => resolve(path)),
    base: values.base === undefined ? null : resolve(values.base),
    roots: (values.root ?? ['.']).map((path) => resolve(path)),
    allowCapture: values['allow-capture'],
    workerPath: join(__dirname, 'engineWorker.js'),
  };
  const server = (await import(pathToFileURL(join(__dirname, 'mcp.js')).href)) as { serveMcp: typeof serveMcp };
  await server.serveMcp(options);
}
