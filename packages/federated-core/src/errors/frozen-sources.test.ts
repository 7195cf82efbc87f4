import { describe, expect, test } from 'vitest';
import { withoutFrozenSources } from './frozen-sources.js';

const refuse = (source: string): Error => new Error(`no ${source}`);

/** All that is replaced, as it is at the moment. */
const sources = () => [
  Math.random,
  globalThis.Date,
  Date.now,
  performance.now,
  crypto.getRandomValues,
  crypto.randomUUID,
];

describe('withoutFrozenSources', () => {
  test.each<readonly [string, () => unknown]>([
    ['Math.random', () => Math.random()],
    ['Date.now', () => Date.now()],
    ['new Date', () => new Date()],
    ['performance.now', () => performance.now()],
    ['crypto.getRandomValues', () => crypto.getRandomValues(new Uint8Array(1))],
    ['crypto.randomUUID', () => crypto.randomUUID()],
  ])('refuses %s to a body', (source, ask) => {
    expect(() => withoutFrozenSources(refuse, ask)).toThrow(`no ${source}`);
    expect(ask).not.toThrow();
  });

  test('leaves alone what does not change, and what packages ask', () => {
    withoutFrozenSources(refuse, () => {
      expect(new Date(0).getTime()).toBe(0);
      expect(new Date(0)).toBeInstanceOf(Date);
      expect(Date.UTC(1970, 0)).toBe(0);
      // Node's own code asks for the hour of a log line, as packages do.
      expect(() => performance.mark('now')).not.toThrow();
    });
  });

  test('lets a source be asked where it is not refused', () => {
    const before = Date.now();
    const during = withoutFrozenSources(
      () => null,
      () => [Date.now(), new Date().getUTCFullYear(), Math.random()],
    );
    expect(during[0]).toBeGreaterThanOrEqual(before);
    expect(during[1]).toBeGreaterThan(2000);
    expect(during[2]).toBeLessThan(1);
  });

  test('puts everything back, also when nested, and when a body throws', () => {
    const usual = sources();
    const nested = () => withoutFrozenSources(refuse, () => withoutFrozenSources(refuse, () => Date.now()));
    expect(nested).toThrow('no Date.now');
    expect(sources()).toEqual(usual);
    for (const [index, source] of sources().entries()) expect(source).toBe(usual[index]);
    expect(Object.hasOwn(performance, 'now')).toBe(false);
  });
});
