// What is asked of a runtime, and when, in rounds that do not wait; that its results are right, whole runs test.
import { seedFrom } from '@starling/federated-core';
import { createPlanRunner } from '@starling/plan/runner';
import { describe, expect, test } from 'vitest';
import { takeEngine } from '../engines/take-engine.js';
import { virtualSteps } from '../rounds/asynchronous-run.js';
import { compileRun } from '../rounds/compile-run.js';
import type { RuntimeSession, WorkRequest } from '../runtime/runtime.js';
import { driftingOptions } from '../testing/drifting.js';
import { asynchronousSession } from './asynchronous-session.js';

/** A session of so many workers that keeps what it is asked, and answers nothing. */
async function watched(workers: number) {
  const options = driftingOptions();
  const { plan } = compileRun(options);
  const { engine, release } = await takeEngine(undefined);
  const server = await createPlanRunner(plan, engine, ['server', 'aggregation']);
  const seed = seedFrom(options.seed);
  const asked: WorkRequest[] = [];
  const inner: RuntimeSession = {
    workers,
    runPhase: () => Promise.reject(new Error('not asked')),
    work: (request) => {
      asked.push(request);
      return new Promise(() => {});
    },
    close: async () => {},
  };
  const { steps, faults } = await virtualSteps(plan, options, seed);
  const session = asynchronousSession(inner, {
    ...{ steps, faults, rounds: options.rounds, plan, server, population: options.population, seed },
    run: 'one',
    broadcastOf: () => Promise.reject(new Error('not asked')),
  });
  const cohort = steps.at({ round: 1, attempt: 1 })!.reports.map(({ client }) => client);
  void session.runPhase({ round: 1, phase: 0, seed, cohort, broadcast: [] });
  await new Promise((resolve) => setImmediate(resolve));
  const ahead = [1, 2].flatMap((count) => steps.ahead(count)!.reports);
  await server.dispose();
  await release();
  return { asked: asked.map(({ client }) => client), cohort, ahead };
}

describe('asynchronousSession', () => {
  test('`asynchronousSession` asks for the clients of its step, and no more on one worker', async () => {
    const { asked, cohort } = await watched(1);
    expect(asked).toEqual(cohort);
  });

  test('`asynchronousSession` keeps workers at work on clients of later steps, whose version is there', async () => {
    const { asked, cohort, ahead } = await watched(3);
    const startable = ahead.filter(({ version }) => version === 0).map(({ client }) => client);
    // Two for each of three workers: three of the step, and three of those to come.
    expect(startable.length).toBeGreaterThanOrEqual(3);
    expect(asked).toEqual([...cohort, ...startable.slice(0, 3)]);
  });

  test('`asynchronousSession` needs a runtime whose clients work by themselves', async () => {
    const options = driftingOptions();
    const { plan } = compileRun(options);
    const seed = seedFrom(1);
    const { steps, faults } = await virtualSteps(plan, options, seed);
    const inner = { runPhase: () => Promise.reject(new Error('not asked')), close: async () => {} };
    const parts = { steps, faults, rounds: 1, plan, server: null as never, population: options.population };
    expect(() =>
      asynchronousSession(inner, { ...parts, seed, run: 'one', broadcastOf: async () => [] }),
    ).toThrow('need a runtime that has a client work by itself (work), such as inProcessRuntime()');
  });
});
