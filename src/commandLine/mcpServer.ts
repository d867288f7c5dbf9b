import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import type { AgentOptions } from '../agents/agentHost';
import { DATA_NOTE } from '../agents/answer';
import { runTool } from '../agents/runTool';
import { toolDefinitions } from '../agents/toolDefinitions';
import { EngineClient } from '../engine/engineClient';
import { McpHost } from './mcpHost';

export interface McpOptions {
  readonly version: string;
  /** Paths of profiles to answer about; the first is meant where a tool names none. */
  readonly profiles: readonly string[];
  /** Path of the profile that others are compared with. */
  readonly base: string | null;
  /** Folders whose files' lines may be quoted. */
  readonly roots: readonly string[];
  readonly allowCapture: boolean;
  /** The built `engineWorker.js`: profiles are read off this thread, which hears of cancellation meanwhile. */
  readonly workerPath: string;
}

/**
 * Serves the tools over standard input and output until the input ends or the process is told to, then ends what still
 * runs. Protocol: https://modelcontextprotocol.io/specification
 */
export async function serveMcp(options: McpOptions): Promise<void> {
  const engine = new EngineClient(options.workerPath, (error) => {
    process.stderr.write(`emberline: the profile engine stopped: ${error.message}\n`);
  });
  const host = new McpHost(engine, options);
  const server = new Server(
    { name: 'emberline', version: options.version },
    {
      capabilities: { tools: {} },
      instructions: `Answers questions about profiles of programs: where time or memory goes, line by line. ${DATA_NOTE}`,
    },
  );
  const ended = new AbortController();
  const running = new Set<Promise<unknown>>();

  server.setRequestHandler(ListToolsRequestSchema, () => ({
    tools: toolDefinitions.map(({ name, title, description, inputSchema, readOnly }) => ({
      name,
      title,
      description,
      inputSchema: { ...inputSchema, properties: { ...inputSchema.properties }, required: [] },
      annotations: { title, readOnlyHint: readOnly, destructiveHint: false, openWorldHint: !readOnly },
    })),
  }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
    const token = params._meta?.progressToken;
    let progress = 0;
    const work = runTool(host, params.name, params.arguments, {
      signal: AbortSignal.any([signal, ended.signal]),
      onProgress: throttled((message) => {
        if (token === undefined) return;
        // The protocol wants a number that grows; fractions begin anew with each step.
        const sent = { progressToken: token, progress: ++progress, message };
        void sendNotification({ method: 'notifications/progress', params: sent }).catch(() => {});
      }),
    });
    running.add(work);
    try {
      return { content: [{ type: 'text', text: await work }] };
    } catch (error) {
      return {
        isError: true,
        content: [{ type: 'text', text: error instanceof Error ? error.message : String(error) }],
      };
    } finally {
      running.delete(work);
    }
  });

  const closed = new Promise<void>((resolve) => {
    server.onclose = resolve;
    for (const event of ['end', 'close'] as const) process.stdin.once(event, resolve);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await server.connect(new StdioServerTransport());
  await closed;
  ended.abort();
  await Promise.allSettled(running);
  await server.close();
  await host.dispose();
  engine.dispose();
  process.stdin.unref();
}

const BETWEEN_MS = 250;

/** Not more often than anybody reads. */
function throttled(tell: (message: string) => void): AgentOptions['onProgress'] {
  let last = 0;
  return (fraction, what) => {
    const now = Date.now();
    if (now - last < BETWEEN_MS) return;
    last = now;
    tell(fraction === null ? what : `${what} ${Math.round(100 * fraction)}%`);
  };
}
