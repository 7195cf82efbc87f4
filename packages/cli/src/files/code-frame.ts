// A line of code with a caret below the column at fault, as wide as a terminal of 80.

const INDENT = '    ';
const WIDTH = 80 - INDENT.length;
const CUT = '…';

/** Two lines, indented. `column` counts from 1; of a longer line there is the part around it. */
export function codeFrame(line: string, column: number): string {
  const text = line.replaceAll('\t', ' ');
  const at = Math.min(column - 1, text.length);
  const start = Math.max(0, Math.min(at - WIDTH / 2, text.length - WIDTH));
  const shown = [...text.slice(start, start + WIDTH)];
  if (start > 0) shown[0] = CUT;
  if (start + WIDTH < text.length) shown[shown.length - 1] = CUT;
  return `${INDENT}${shown.join('')}\n${INDENT}${' '.repeat(at - start)}^`;
}
