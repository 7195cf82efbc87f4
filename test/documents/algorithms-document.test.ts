// docs/algorithms.md has every algorithm: what its plan moves, and the paper and equations that its file opens with.
import { describe, expect, test } from 'vitest';
import { algorithms } from '../support/algorithms.js';
import { readText, trackedFiles } from '../support/repository.js';
import { algorithmRows } from './print-algorithms.js';

const page = readText('docs/algorithms.md');
const words = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** The comment that opens the file which exports `name`, line by line without its slashes. */
function headOf(name: string): readonly string[] {
  const paths = trackedFiles('.ts').filter((path) => path.startsWith('packages/learning/src/algorithms/'));
  const path = paths.find(
    (path) =>
      readText(path).includes(`export function ${name}<`) ||
      readText(path).includes(`export function ${name}(`),
  );
  const lines = readText(path!).split('\n');
  return lines
    .slice(
      0,
      lines.findIndex((line) => !line.startsWith('//')),
    )
    .map((line) => line.slice(2));
}

describe('docs/algorithms.md', () => {
  test('has the table that the plans give', () => {
    const rows = [...page.matchAll(/^\| \[.*$/gm)].map(([row]) => row);
    expect(rows).toEqual(algorithmRows());
  });

  test.each(Object.keys(algorithms))(
    'has the paper and the equations of %s, as its file has them',
    (name) => {
      const [, section] = page.split(`\n## ${name}\n`) as [string, string];
      const own = section.split('\n## ')[0]!;
      const head = headOf(name);
      const isEquation = (line: string): boolean => line.startsWith('   ');
      const prose = words(head.map((line) => (isEquation(line) ? '\n' : line)).join('\n'));
      const printed = words(own.replace(/```text\n[\s\S]*?```/g, ''));
      expect(printed.endsWith(prose)).toBe(true);
      // Besides the paper, when to use it.
      expect(printed.length).toBeGreaterThan(prose.length + 50);
      const equations = head.filter(isEquation).map((line) => line.slice(3));
      expect(equations.length).toBeGreaterThan(0);
      expect(own).toContain(`\`\`\`text\n${equations.join('\n')}\n\`\`\``);
    },
  );
});
