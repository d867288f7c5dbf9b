// The child process that renders reports, so that the service goes on answering meanwhile.
import type { ReportRequest, ReportResponse, SoldLine } from './reports';

process.on('message', ({ id, lines }: ReportRequest) => {
  const response: ReportResponse = { id, html: renderReport(lines) };
  process.send?.(response);
});
process.on('disconnect', () => process.exit());

function renderReport(lines: SoldLine[]): string {
  const byPart = totalsByPart(lines);
  const rows = byPart.map((line) => `<tr><td>${escapeHtml(line.name)}</td>${cells(line)}</tr>`);
  return `<table>\n${rows.join('\n')}\n</table>\n`;
}

/** One line a customer and part, the names in the order of a printed catalogue: "gear 9" before "gear 10". */
function totalsByPart(lines: SoldLine[]): SoldLine[] {
  const totals = new Map<string, SoldLine>();
  for (const line of lines) {
    const key = `${line.name}\t${line.customer}`;
    const total = totals.get(key);
    if (total === undefined) totals.set(key, { ...line });
    else {
      total.quantity += line.quantity;
      total.net += line.net;
    }
  }
  return [...totals.values()].sort(
    (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }) || a.customer.localeCompare(b.customer, 'en'),
  );
}

function cells({ customer, quantity, net }: SoldLine): string {
  return `<td>${escapeHtml(customer)}</td><td>${quantity}</td><td>${(net / 100).toFixed(2)}</td>`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
