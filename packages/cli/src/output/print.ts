// Results on stdout, a line each.
import { visible } from './visible.js';

export function printLine(line: string): void {
  process.stdout.write(`${visible(line)}\n`);
}
