// A plain table for a terminal: columns as wide as their widest cell, numbers to the right.

/** Rows of equal length, the first of them the header. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  const format = (row: readonly string[]): string =>
    row
      .map((cell, column) =>
        isNumeric(cell) ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [header = [], ...body] = rows;
  const rule = widths.map((width) => '─'.repeat(width)).join('  ');
  return [format(header), rule, ...body.map(format)].join('\n');
}

function isNumeric(cell: string): boolean {
  return /^[\d.,]+( ?(%|ms|s))?$/.test(cell);
}
