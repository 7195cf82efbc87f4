import { tensor } from '@starling/federated-core';
import type { ReplayStart } from '@starling/runtime/replay';
import { describe, expect, test } from 'vitest';
import { formatStart } from './start-text.js';

const start: ReplayStart = {
  name: 'ann',
  index: 7,
  position: 1,
  cohortSize: 4,
  round: 3,
  attempt: 1,
  seed: [1, 255],
  plan: '0123456789abcdef',
  data: [
    { name: 'x', leaf: tensor('float32', [2, 2], Float32Array.of(0, 4, Number.NaN, 2)) },
    { name: 'y', leaf: tensor('int32', [3], Int32Array.of(1, 1, 0)) },
  ],
  sent: [[{ name: 'rate', leaf: tensor('float32', [], Float32Array.of(0.5)) }]],
};

describe('formatStart', () => {
  test('`formatStart` says who the client is, what it holds and what it was sent', () => {
    expect(formatStart(start, { kept: null, state: 'the first one' }).split('\n')).toEqual([
      'client ann in round 3: number 2 of the 4 that were asked',
      '  plan   0123456789ab',
      '  seed   0x00000001 0x000000ff',
      '  state  the first one',
      'it holds:',
      '  leaf  type          numbers',
      expect.stringMatching(/^ {2}─/),
      '  x     float32[2,2]  0 to 4, mean 2, norm NaN; 1 is NaN or infinite, in row 1',
      '  y     int32[3]      0 to 1, mean 0.6667, 1 ×2, 0 ×1',
      'it is sent:',
      '  leaf  type       numbers',
      expect.stringMatching(/^ {2}─/),
      '  rate  float32[]      0.5',
    ]);
  });

  test('`formatStart` says which attempt it is when that is not the first', () => {
    const [head] = formatStart({ ...start, attempt: 2 }, { kept: null, state: '' }).split('\n');
    expect(head).toBe('client ann in round 3, attempt 2: number 2 of the 4 that were asked');
  });

  test('`formatStart` says whether the plan is that of the run that was kept', () => {
    const planLine = (hash: string, otherSettings: readonly string[] = []) =>
      formatStart(start, { kept: { hash, otherSettings }, state: '' }).split('\n')[1];
    expect(planLine('0123456789abcdef')).toBe('  plan   0123456789ab, that of the run');
    expect(planLine('fedcba9876543210')).toBe(
      '  plan   0123456789ab; the run had fedcba987654, so its code has changed',
    );
    expect(planLine('fedcba9876543210', ['rate=0.5', 'cohort=10'])).toBe(
      '  plan   0123456789ab; the run had fedcba987654, with rate=0.5, cohort=10',
    );
  });

  test('`formatStart` says when the data cannot be loaded, and when nothing is sent', () => {
    const text = formatStart({ ...start, data: null, sent: [[], []] }, { kept: null, state: '' });
    expect(text).toMatch(
      /it holds data that cannot be loaded\nit is sent in phase 1: nothing\nit is sent in phase 2: nothing$/,
    );
  });

  test('`formatStart` shows forty leaves, and how many there are more', () => {
    const leaf = tensor('float32', [], Float32Array.of(1));
    const data = Array.from({ length: 42 }, (_, index) => ({ name: `w${index}`, leaf }));
    const text = formatStart({ ...start, data }, { kept: null, state: '' });
    expect(text).toMatch(/ w39 .*\n {2}and 2 leaves more\n/);
    expect(text).not.toContain('w40');
  });
});
