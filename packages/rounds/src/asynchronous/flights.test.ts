import { deriveSeed, generator, seedFrom } from '@starling/federated-core';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asynchronousSettings } from './asynchronous-settings.js';
import { createFlights, type Flight, type FlightAction, type FlightEvent } from './flights.js';
import { inTurn } from './next-client.js';

/** Clients in turn: 0, 1, 2, …, and from the beginning again. */
const flightsOf = (buffer: number, concurrency: number, population: number, maxStaleness = 100) =>
  createFlights({
    settings: { buffer, concurrency, maxStaleness },
    next: inTurn(population, (index) => [(index - 1) % population]),
  });

/** `ask 3 of client 2 on 0`, `step 1 (τ 0), 2 (τ 1)`, … */
function words(actions: readonly FlightAction[]): readonly string[] {
  return actions.map((action) => {
    switch (action.kind) {
      case 'ask':
        return `ask ${action.flight.number} of client ${action.flight.client} on ${action.flight.version}`;
      case 'refuse':
        return `refuse ${action.flight.number} (τ ${action.flight.staleness})`;
      default:
        return `step ${action.reports.map(({ number, staleness }) => `${number} (τ ${staleness})`).join(', ')}`;
    }
  });
}

describe('createFlights', () => {
  test('`createFlights` takes a step of the first reports that come, although others are still at work', () => {
    const flights = flightsOf(2, 3, 4);
    const does = (event: FlightEvent) => words(flights.handle(event));
    expect(does({ kind: 'fill' })).toEqual([
      'ask 1 of client 0 on 0',
      'ask 2 of client 1 on 0',
      'ask 3 of client 2 on 0',
    ]);
    expect(does({ kind: 'arrived', flight: 2 })).toEqual([]);
    // Clients 0 and 2 are at work, and 1 waits for its step: client 3 alone is free.
    expect(does({ kind: 'fill' })).toEqual(['ask 4 of client 3 on 0']);
    expect(does({ kind: 'fill' })).toEqual([]);
    expect(does({ kind: 'arrived', flight: 3 })).toEqual(['step 2 (τ 0), 3 (τ 0)']);
    expect(does({ kind: 'committed' })).toEqual([]);
    expect(flights.version).toBe(1);
    // The turn of clients 0 to 3 has passed, and 0 is at work: 1 is next, on the new version.
    expect(does({ kind: 'fill' })).toEqual(['ask 5 of client 1 on 1']);
    expect(does({ kind: 'arrived', flight: 5 })).toEqual([]);
    expect(does({ kind: 'arrived', flight: 1 })).toEqual(['step 5 (τ 0), 1 (τ 1)']);
  });

  test('`createFlights` refuses a report that is too old, and asks its client again', () => {
    const flights = flightsOf(1, 2, 2, 0);
    const does = (event: FlightEvent) => words(flights.handle(event));
    does({ kind: 'fill' });
    expect(does({ kind: 'arrived', flight: 1 })).toEqual(['step 1 (τ 0)']);
    // Comes while the step is under way: by the next one it is a step old.
    expect(does({ kind: 'arrived', flight: 2 })).toEqual([]);
    expect(does({ kind: 'committed' })).toEqual(['refuse 2 (τ 1)']);
    expect(does({ kind: 'fill' })).toEqual(['ask 3 of client 0 on 1', 'ask 4 of client 1 on 1']);
  });

  test('`createFlights` voids the reports of a step that fails, and its next attempt has others', () => {
    const flights = flightsOf(1, 1, 2);
    const does = (event: FlightEvent) => words(flights.handle(event));
    does({ kind: 'fill' });
    does({ kind: 'arrived', flight: 1 });
    expect(does({ kind: 'failed' })).toEqual([]);
    expect([flights.version, flights.attempt]).toEqual([0, 2]);
    expect(flights.handle({ kind: 'fill' })).toEqual([
      { kind: 'ask', flight: { number: 2, client: 1, version: 0, attempt: 2 } },
    ]);
    does({ kind: 'arrived', flight: 2 });
    does({ kind: 'committed' });
    expect([flights.version, flights.attempt]).toEqual([1, 1]);
  });

  test('`createFlights` frees a client that brings nothing, and waits for another report', () => {
    const flights = flightsOf(1, 2, 3);
    const does = (event: FlightEvent) => words(flights.handle(event));
    does({ kind: 'fill' });
    expect(does({ kind: 'lost', flight: 1 })).toEqual([]);
    expect(does({ kind: 'arrived', flight: 1 })).toEqual([]); // too late: it is not waited for any more
    expect(does({ kind: 'fill' })).toEqual(['ask 3 of client 2 on 0']);
    expect(does({ kind: 'arrived', flight: 3 })).toEqual(['step 3 (τ 0)']);
  });

  test('`createFlights` counts reports that wait behind a step against the concurrency, and so bounds staleness', () => {
    const [buffer, concurrency] = [4, 10];
    const flights = flightsOf(buffer, concurrency, 400);
    /** Each client that is asked answers at once, all while the step is under way. */
    function answers(): readonly string[] {
      const all: FlightAction[] = [];
      for (;;) {
        const actions = flights.handle({ kind: 'fill' });
        if (actions.length === 0) return words(all.filter(({ kind }) => kind === 'step'));
        for (const action of actions) {
          if (action.kind === 'ask')
            all.push(...flights.handle({ kind: 'arrived', flight: action.flight.number }));
        }
      }
    }
    answers();
    for (let version = 1; version <= 30; version++) {
      // 10 wait behind the step under way. One that joins them has 9 before it, which is in step ⌊9 / 4⌋ + 1 after it.
      expect(flights.inFlight.length + flights.buffered.length).toBe(concurrency);
      const [step] = flights.handle({ kind: 'committed' });
      for (const { staleness } of (step as { reports: readonly { staleness: number }[] }).reports) {
        expect(staleness).toBeLessThanOrEqual(Math.floor((concurrency - 1) / buffer) + 1);
      }
      answers();
    }
  });

  test('`createFlights` asks a client that brings nothing again once the attempt is over, or it comes back', () => {
    const flights = createFlights({
      settings: { buffer: 1, concurrency: 1, maxStaleness: 9 },
      // Client 0 as soon as it is free.
      next: (isBusy) => [0, 1].find((client) => !isBusy(client)) ?? null,
    });
    const does = (event: FlightEvent) => words(flights.handle(event));
    expect(does({ kind: 'fill' })).toEqual(['ask 1 of client 0 on 0']);
    flights.handle({ kind: 'arrived', flight: 1 });
    does({ kind: 'committed' });
    expect(does({ kind: 'fill' })).toEqual(['ask 2 of client 0 on 1']);
    expect(does({ kind: 'lost', flight: 2 })).toEqual(['step ']); // one in a row, as many as are at work
    expect(does({ kind: 'fill' })).toEqual(['ask 3 of client 1 on 1']);
    expect(does({ kind: 'lost', flight: 3 })).toEqual([]);
    expect(does({ kind: 'fill' })).toEqual([]);
    does({ kind: 'joined', client: 1 });
    expect(does({ kind: 'fill' })).toEqual(['ask 4 of client 1 on 1']);
    does({ kind: 'failed' });
    flights.handle({ kind: 'arrived', flight: 4 });
    does({ kind: 'committed' });
    expect(does({ kind: 'fill' })).toEqual(['ask 5 of client 0 on 2']);
  });

  test('`createFlights` gives the attempt up when as many in a row as may be at work bring nothing', () => {
    const flights = flightsOf(2, 3, 100);
    const does = (event: FlightEvent) => words(flights.handle(event));
    does({ kind: 'fill' });
    const lose = (flight: number) => [...does({ kind: 'lost', flight }), ...does({ kind: 'fill' })];
    expect(lose(1)).toEqual(['ask 4 of client 3 on 0']);
    expect(lose(2)).toEqual(['ask 5 of client 4 on 0']);
    does({ kind: 'arrived', flight: 3 }); // and so begins the count anew
    does({ kind: 'fill' });
    expect(lose(4)).toEqual(['ask 7 of client 6 on 0']);
    expect(lose(5)).toEqual(['ask 8 of client 7 on 0']);
    expect(does({ kind: 'lost', flight: 6 })).toEqual(['step ']);
    does({ kind: 'failed' });
    expect([flights.version, flights.attempt]).toEqual([0, 2]);
    // The report that waits has not become void.
    expect(flights.buffered.map(({ number }) => number)).toEqual([3]);
    expect(does({ kind: 'arrived', flight: 7 })).toEqual(['step 3 (τ 0), 7 (τ 0)']);
  });

  test('`createFlights` gives the attempt up when all that are there have brought nothing', () => {
    const flights = createFlights({
      settings: { buffer: 2, concurrency: 8, maxStaleness: 9 },
      next: (isBusy) => [0, 1, 2].find((client) => !isBusy(client)) ?? null,
    });
    const does = (event: FlightEvent) => words(flights.handle(event));
    does({ kind: 'fill' });
    for (const flight of [1, 2]) {
      does({ kind: 'lost', flight });
      expect(does({ kind: 'fill' })).toEqual([]);
    }
    does({ kind: 'arrived', flight: 3 });
    expect(does({ kind: 'fill' })).toEqual(['step ']);
    does({ kind: 'failed' });
    expect(does({ kind: 'fill' })).toEqual(['ask 4 of client 0 on 0', 'ask 5 of client 1 on 0']);
  });

  test('`createFlights` keeps its promises, whatever happens in whatever order', () => {
    const runs = fc.record({
      population: fc.integer({ min: 1, max: 12 }),
      buffer: fc.integer({ min: 1, max: 5 }),
      concurrency: fc.integer({ min: 1, max: 8 }),
      maxStaleness: fc.integer({ min: 0, max: 4 }),
      seed: fc.nat(),
      length: fc.integer({ min: 1, max: 120 }),
    });
    fc.assert(
      fc.property(runs, ({ population, buffer, concurrency, maxStaleness, seed, length }) => {
        fc.pre(buffer <= population);
        const { uniform } = generator(seedFrom(seed));
        const drawn = (index: number) => [
          ...generator(deriveSeed(seedFrom(seed), index)).permutation(population),
        ];
        const settings = { buffer, concurrency, maxStaleness };
        const flights = createFlights({ settings, next: inTurn(population, drawn) });
        const out = new Map<number, Flight>(); // at work, as a caller sees it
        const uncommitted = new Map<number, Flight>(); // in flight, waiting, or in the step under way
        const seeds = new Set<string>();
        let version = 0;
        let step: readonly Flight[] | null = null;
        const take = (actions: readonly FlightAction[]): void => {
          for (const action of actions) {
            if (action.kind === 'ask') {
              const { flight } = action;
              // Nobody is asked twice before what he did has come to an end, nor for the same work again.
              expect([...uncommitted.values()].map(({ client }) => client)).not.toContain(flight.client);
              expect(flight.version).toBe(version);
              const work = `${flight.client} ${flight.version} ${flight.attempt}`;
              expect(seeds.has(work)).toBe(false);
              seeds.add(work);
              out.set(flight.number, flight);
              uncommitted.set(flight.number, flight);
              expect(out.size).toBeLessThanOrEqual(concurrency);
            } else if (action.kind === 'refuse') {
              expect(action.flight.staleness).toBe(version - action.flight.version);
              expect(action.flight.staleness).toBeGreaterThan(maxStaleness);
              uncommitted.delete(action.flight.number);
            } else {
              expect(step).toBeNull();
              // None, where so many in a row brought nothing, or all that are left.
              if (action.reports.length > 0) expect(action.reports.length).toBe(buffer);
              else expect(lostSince).toBeGreaterThan(0);
              for (const { staleness, version: of } of action.reports) {
                expect(staleness).toBe(version - of);
                expect(staleness).toBeLessThanOrEqual(maxStaleness);
              }
              step = action.reports;
            }
          }
        };
        let lostSince = 0; // in the attempt at hand, and the step before that was under way meanwhile
        for (let event = 0; event < length; event++) {
          const flying = [...out.keys()];
          const one = flying[Math.floor(uniform() * flying.length)];
          const kind = uniform();
          if (kind < 0.3) take(flights.handle({ kind: 'fill' }));
          else if (kind < 0.7 && one !== undefined) {
            out.delete(one);
            take(flights.handle({ kind: 'arrived', flight: one }));
          } else if (kind < 0.75 && one !== undefined) {
            lostSince++;
            out.delete(one);
            uncommitted.delete(one);
            take(flights.handle({ kind: 'lost', flight: one }));
          } else if (step !== null) {
            const counts = uniform() < 0.7;
            for (const { number } of step as readonly Flight[]) uncommitted.delete(number);
            step = null;
            if (counts) version++;
            take(flights.handle({ kind: counts ? 'committed' : 'failed' }));
            expect(flights.version).toBe(version);
          }
          // A step takes a whole buffer, so that less than one waits when none is under way, or one of nothing.
          const pending = flights.inFlight.length + flights.buffered.length;
          const takesNone = step === null || (step as readonly Flight[]).length === 0;
          expect(pending).toBeLessThanOrEqual(takesNone ? concurrency + buffer - 1 : concurrency);
        }
      }),
    );
  });
});

describe('asynchronousSettings', () => {
  test('`asynchronousSettings` lets a report be ten times as old as is usual, and at least 20 steps', () => {
    expect(asynchronousSettings({ buffer: 10, concurrency: 100 }, 1000).maxStaleness).toBe(100);
    expect(asynchronousSettings({ buffer: 10, concurrency: 5 }, 1000).maxStaleness).toBe(20);
    expect(asynchronousSettings({ buffer: 1, concurrency: 1, maxStaleness: 0 }, 1).maxStaleness).toBe(0);
  });

  test('`asynchronousSettings` refuses what can never work', () => {
    expect(() => asynchronousSettings({ buffer: 3, concurrency: 1 }, 2)).toThrow(
      'a buffer of 3 needs as many clients, since none is asked again before its step counts, got a population of 2',
    );
    expect(() => asynchronousSettings({ buffer: 0, concurrency: 1 }, 2)).toThrow('buffer must be');
    expect(() => asynchronousSettings({ buffer: 1, concurrency: 1, maxStalenes: 1 } as never, 2)).toThrow(
      "did you mean 'maxStaleness'?",
    );
  });
});
