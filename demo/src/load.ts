// node out/load.js [--seconds N] [--port N]: customers who order, and one who reads the report. Ends by itself.
import { parseArgs } from 'node:util';
import { buildCatalog } from './catalog';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '20' },
    port: { type: 'string', default: process.env['QUOTE_PORT'] ?? '4870' },
  },
});
const base = `http://127.0.0.1:${values.port}`;
const end = Date.now() + Math.min(Number(values.seconds), 600) * 1000;
const parts = [...buildCatalog().keys()];
const regions = ['DE-BY', 'fr-idf', 'PT-N', 'HU', 'CZ-PR', 'US-CA', 'SE-S', 'PL-MZ'];
let orders = 0;
let reports = 0;
let failures = 0;

async function customer(name: string, start: number): Promise<void> {
  for (let i = start; Date.now() < end && failures < 50; i++) {
    const lines = Array.from({ length: 12 }, (_, n) => ({
      part: parts[(i * 37 + n * 23) % parts.length],
      quantity: 1 + ((i + n * 7) % 120),
    }));
    const body = JSON.stringify({ customer: name, region: regions[i % regions.length], lines });
    await send('/quotes', { method: 'POST', body });
    orders++;
  }
}

async function reader(): Promise<void> {
  while (Date.now() < end && failures < 50) {
    await send('/reports/sales');
    reports++;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

async function send(path: string, init?: { method: string; body: string }): Promise<void> {
  try {
    const response = await fetch(base + path, init);
    await response.text();
    if (!response.ok) failures++;
  } catch {
    failures++;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function main(): Promise<void> {
  const names = ['Aalto & Sons', 'Brandt <Works>', 'Castell "M"', 'Duval'];
  await Promise.all([...names.map((name, i) => customer(name, i * 1000)), reader()]);
  console.log(`${orders} orders and ${reports} reports, ${failures} failures`);
}

void main();
