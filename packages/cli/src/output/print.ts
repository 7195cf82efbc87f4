// Results on stdout, a line each.

export function printLine(line: string): void {
  process.stdout.write(`${line}\n`);
}
