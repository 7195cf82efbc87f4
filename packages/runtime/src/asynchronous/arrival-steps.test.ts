// What is said where too few clients are there; whole runs test the rest.
import { seedFrom } from '@starling/federated-core';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { RuntimeSession, WorkOutcome } from '../runtime/runtime.js';
import { ArrivalSteps, STARVED_AFTER_MS } from './arrival-steps.js';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Steps of four reports, of clients that answer at once; what is warned of; and ways to join and to leave. */
function stepsOfFour() {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => {});
  const steps = new ArrivalSteps({
    settings: { buffer: 4, concurrency: 10, maxStaleness: 20, clock: 'real' },
    population: { size: 20, clientId: (index) => `client-${index}` },
    seed: seedFrom(1),
    start: { round: 0, failed: 0 },
    inFlight: [],
  });
  let join: (client: number, isThere: boolean) => void = () => {};
  const session = {
    present(tell: typeof join) {
      join = tell;
    },
  } as unknown as RuntimeSession;
  const work = async ({ client }: { readonly client: number }): Promise<WorkOutcome> => ({
    report: { client: `client-${client}`, status: 'accepted' },
    update: [],
  });
  steps.begin(session, work, () => {});
  return {
    steps,
    warned,
    join: (client: number) => join(client, true),
    leave: (client: number) => join(client, false),
  };
}

/** Until what was asked has been answered. */
const answered = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('ArrivalSteps', () => {
  test('`ArrivalSteps` warns once where all that are there have reports that wait, and no round can come', async () => {
    const { warned, join } = stepsOfFour();
    for (const client of [0, 1, 2]) join(client);
    await answered();
    expect(warned).not.toHaveBeenCalled();
    vi.advanceTimersByTime(10 * STARVED_AFTER_MS);
    expect(warned).toHaveBeenCalledTimes(1);
    expect(warned.mock.calls[0]![0]).toContain(
      'need 4 reports (buffer), got 3, and 3 clients are there, none of which can be asked before that round. More clients must join',
    );
  });

  test('`ArrivalSteps` warns of nothing where another client joins in time, or the run is over', async () => {
    const { steps, warned, join } = stepsOfFour();
    for (const client of [0, 1, 2]) join(client);
    await answered();
    join(3);
    await answered();
    expect(steps.at({ round: 1, attempt: 1 })!.reports).toHaveLength(4);
    vi.advanceTimersByTime(10 * STARVED_AFTER_MS);
    const other = stepsOfFour();
    other.join(0);
    await answered();
    other.steps.close();
    other.leave(0);
    vi.advanceTimersByTime(10 * STARVED_AFTER_MS);
    expect(warned).not.toHaveBeenCalled();
  });
});
