import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../runs/journal-entry.js';
import { formatLine, type Line, parseLine, parseLines } from './lines.js';

const entry: JournalEntry = {
  kind: 'ended',
  outcome: 'stopped',
  code: 'signal',
  reason: 'a line\nof "text"',
};
const line = (number: number): Line => ({ number, entry });
const text = (number: number): string => formatLine(line(number));

describe('lines', () => {
  test('`parseLine` reads what `formatLine` wrote, in one line', () => {
    expect(text(12)).not.toContain('\n');
    expect(parseLine(text(12))).toEqual(line(12));
  });

  test('`parseLine` takes no line of which a character was changed, added or left out', () => {
    const whole = text(3);
    for (let at = 0; at < whole.length; at++) {
      const other = whole[at] === '7' ? '8' : '7';
      expect(parseLine(whole.slice(0, at) + other + whole.slice(at + 1))).toBeNull();
      expect(parseLine(whole.slice(0, at) + whole.slice(at + 1))).toBeNull();
    }
    expect(parseLine(`${whole} `)).toBeNull();
    expect(parseLine('')).toBeNull();
  });

  test('`parseLines` names lines that are damaged or missing, and keeps the others', () => {
    const { lines, damage } = parseLines([text(0), 'x', text(2), text(5), text(6)], 'here');
    expect(lines.map(({ number }) => number)).toEqual([0, 2, 5, 6]);
    expect(damage).toEqual([
      { where: 'here, line 2', reason: 'it is not as it was written' },
      { where: 'here, line 4', reason: '2 entries before it are missing' },
    ]);
  });

  test('`parseLines` takes the first of two lines of one number', () => {
    expect(parseLines([text(0), text(1), text(1), text(2)], 'here')).toMatchObject({
      lines: [line(0), line(1), line(2)],
      damage: [],
    });
  });
});
