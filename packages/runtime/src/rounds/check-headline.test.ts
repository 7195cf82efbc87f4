import { afterEach, describe, expect, test, vi } from 'vitest';
import { checkHeadline } from './check-headline.js';

const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
afterEach(() => warn.mockClear());
const evaluation = { every: 2, run: () => ({ accuracy: 1 }) };

describe('checkHeadline', () => {
  test('`checkHeadline` takes a metric of the round, and no headline', () => {
    expect(checkHeadline({ headline: 'loss' }, { metrics: { loss: 1 } })).toBe(true);
    expect(checkHeadline({}, { metrics: { loss: 1 } })).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });

  test('`checkHeadline` waits for the evaluation that it is of', () => {
    const run = { headline: 'evaluation.accuracy', evaluation };
    expect(checkHeadline(run, { metrics: { loss: 1 } })).toBe(false);
    expect(checkHeadline(run, { metrics: { loss: 1 }, evaluation: { accuracy: 1 } })).toBe(true);
    expect(warn).not.toHaveBeenCalled();
  });

  test('`checkHeadline` warns of a name that no number has, with those there are', () => {
    expect(checkHeadline({ headline: 'acuracy' }, { metrics: { accuracy: 1, examples: 2 } })).toBe(true);
    expect(warn.mock.calls.map(([text]) => String(text).split('\n')[0])).toEqual([
      "Starling: headline must name a metric of the run, of which there are accuracy, examples, got 'acuracy'; did you mean 'accuracy'?",
    ]);
  });
});
