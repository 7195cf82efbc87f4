import { describe, expect, test } from 'vitest';
import { round, start, summary } from '../testing/run-events.js';
import { jsonLines } from './json-lines.js';

describe('jsonLines', () => {
  test('writes the lines of the record, and nothing else', () => {
    const lines: string[] = [];
    const observer = jsonLines((line) => lines.push(line));
    observer.started?.(start);
    observer.record?.(round);
    observer.round?.(round);
    observer.finished?.(summary);
    expect(lines.map((line) => JSON.parse(line))).toEqual([round]);
  });
});
