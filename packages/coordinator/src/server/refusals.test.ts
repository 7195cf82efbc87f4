import { pino } from 'pino';
import { expect, test, vi } from 'vitest';
import { createRefusals } from './refusals.js';
import { createServerMetrics } from './server-metrics.js';

test('`createRefusals` counts each by its reason, and logs ten of one in a minute and then how many more', () => {
  vi.useFakeTimers();
  try {
    const lines: string[] = [];
    const metrics = createServerMetrics();
    const refusals = createRefusals(pino({}, { write: (line: string) => lines.push(line) }), metrics);
    const refuse = (reason: string, address: string) =>
      refusals.refuse({ reason, address, message: `Cannot join: ${reason}` });
    for (let count = 0; count < 12; count++) refuse('unauthorized', 'a');
    refuse('unauthorized', 'b');
    refuse('no-room', 'b');
    expect(metrics.get('starling_refused_total', { reason: 'unauthorized' })).toBe(13);
    expect(lines).toHaveLength(11);
    expect(JSON.parse(lines[0]!)).toMatchObject({ level: 40, address: 'a', code: 'unauthorized' });
    vi.advanceTimersByTime(60_000);
    expect(lines).toHaveLength(12);
    // Two of a, one of b: those beyond the ten.
    expect(JSON.parse(lines[11]!)).toMatchObject({ refused: 3, addresses: { a: 2, b: 1 } });
    refuse('unauthorized', 'a');
    expect(lines).toHaveLength(13);
    refusals.close();
  } finally {
    vi.useRealTimers();
  }
});

test('`createRefusals` writes what it still owes when it closes', () => {
  const lines: string[] = [];
  const refusals = createRefusals(
    pino({}, { write: (line: string) => lines.push(line) }),
    createServerMetrics(),
  );
  for (let count = 0; count < 11; count++) refusals.refuse({ reason: 'no-room', address: 'a', message: '' });
  expect(lines).toHaveLength(10);
  refusals.close();
  expect(JSON.parse(lines[10]!)).toMatchObject({ refused: 1, addresses: { a: 1 } });
});
