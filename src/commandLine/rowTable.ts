/** A row's name with its place, as text in a table or a sentence; not made plain. */
export function placedName({
  name,
  file,
  line,
}: {
  readonly name: string;
  readonly file: string | null;
  readonly line: number | null;
}): string {
  return file === null ? name : `${name}  ${file}${line === null ? '' : `:${line}`}`;
}

/** Lines of a table: numbers stand right in their columns, the last column (names) is as long as it is. */
export function tableLines(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const last = head.length - 1;
  const lines = [head, ...rows];
  // Rows may be more than a call takes arguments.
  const widths = head
    .slice(0, last)
    .map((_, column) => lines.reduce((width, row) => Math.max(width, row[column].length), 0));
  return lines.map((row) => [...widths.map((width, column) => row[column].padStart(width)), row[last]].join('  '));
}
