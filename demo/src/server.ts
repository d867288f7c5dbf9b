import { createServer, type IncomingMessage } from 'node:http';
import { buildCatalog } from './catalog';
import { BadOrderError, parseOrder } from './order';
import { quoteOrder } from './quote';
import { Reports, type SoldLine } from './reports';

/** Reports look at the latest lines; older ones are forgotten. */
const keptLines = 2000;
const longestBody = 1_000_000;

const catalog = buildCatalog();
const reports = new Reports();
const sold: SoldLine[] = [];
let quoted = 0;

const server = createServer(async (request, response) => {
  try {
    const { status, type, body } = await answer(request);
    response.writeHead(status, { 'content-type': type }).end(body);
  } catch (error) {
    const status = error instanceof BadOrderError ? 400 : 500;
    const message = error instanceof Error ? error.message : String(error);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error: message }));
  }
});

server.listen(Number(process.env['QUOTE_PORT'] ?? 4870), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) {
    console.log(`Quoting on http://127.0.0.1:${address.port}, ${catalog.size} parts in the catalogue`);
  }
});
process.on('SIGTERM', () => {
  reports.close();
  server.closeAllConnections();
  server.close();
});

async function answer(request: IncomingMessage): Promise<{ status: number; type: string; body: string }> {
  const json = 'application/json';
  switch (`${request.method} ${request.url}`) {
    case 'POST /quotes': {
      const order = parseOrder(await readBody(request));
      const quote = await quoteOrder(catalog, order);
      quoted++;
      for (const { name, quantity, net } of quote.lines) sold.push({ customer: quote.customer, name, quantity, net });
      if (sold.length > keptLines) sold.splice(0, sold.length - keptLines);
      return { status: 200, type: json, body: JSON.stringify(quote) };
    }
    case 'GET /reports/sales':
      return { status: 200, type: 'text/html; charset=utf-8', body: await reports.render(sold) };
    case 'GET /health':
      return { status: 200, type: json, body: JSON.stringify({ quoted }) };
    default:
      return { status: 404, type: json, body: JSON.stringify({ error: `Nothing at ${request.url}.` }) };
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > longestBody) throw new BadOrderError(`The body is longer than ${longestBody} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
