// Rounds on the runtime under test and in process, which must agree to the last bit: what most of the contract asks.
import {
  compilePlan,
  type FederatedComputation,
  type HostValue,
  seedFrom,
  toHost,
} from '@starling/federated-core';
import { roundSeed, unflatten } from '@starling/federated-core/plan';
import { linkPlan } from '@starling/plan/link';
import { type ClientReport, createPlanRunner } from '@starling/plan/runner';
import { stateHash } from '@starling/plan/safetensors';
import type { Population } from '@starling/population';
import { afterEach, assert } from 'vitest';
import { createEngine } from '../engines/engines.js';
import { inProcessRuntime } from '../in-process/in-process-runtime.js';
import { compileRun } from '../rounds/compile-run.js';
import { runRound } from '../rounds/run-round.js';
import type { Runtime } from '../runtime/runtime.js';

/** Makes the runtime under test for clients of a population: those that run on sockets must be started with it. */
export type MakeRuntime = (population: Population) => Runtime | Promise<Runtime>;

interface RoundsOptions {
  /** Default 2. */
  readonly laneSize?: number;
  readonly serverArguments?: unknown;
  /** Default 1. */
  readonly rounds?: number;
}

/** A round's result in plain JavaScript, its hash, and the reports. */
interface RoundGiven {
  readonly value: HostValue;
  readonly hash: string;
  readonly reports: readonly ClientReport[];
}

type Rounds = (
  computation: FederatedComputation,
  population: Population,
  cohort: readonly number[],
  options?: RoundsOptions,
) => Promise<readonly RoundGiven[]>;

export interface Agreement {
  /** Closed after each test, in turn from the last. */
  readonly closing: (() => Promise<void>)[];
  /** On the runtime under test alone. */
  readonly tested: Rounds;
  /** On the runtime under test, once it and the in-process runtime agree to the last bit, and in their reports. */
  readonly agreed: Rounds;
}

/** Called within the `describe` of a suite. */
export function agreementOf(makeRuntime: MakeRuntime): Agreement {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0).reverse()) await close();
  });

  const runOn = async (
    runtime: Runtime,
    ...[computation, population, cohort, options]: Parameters<Rounds>
  ) => {
    const { laneSize = 2, serverArguments = {}, rounds = 1 } = options ?? {};
    const plan = linkPlan(compilePlan(computation, { laneSize }));
    const engine = await createEngine();
    const server = await createPlanRunner(plan, engine, ['server', 'aggregation']);
    const session = await runtime.open(plan, population);
    closing.push(
      () => engine.dispose(),
      () => session.close(),
    );
    const serverInput = compileRun({ computation, arguments: serverArguments }).serverInput([]);
    const given: RoundGiven[] = [];
    for (let round = 1; round <= rounds; round++) {
      const seed = roundSeed(seedFrom(11), round);
      const { result, reports } = await runRound({
        plan,
        server,
        session,
        round,
        seed,
        population,
        cohort,
        serverInput,
      });
      const type = plan.plan.result;
      given.push({ value: toHost(type, unflatten(type, result)), hash: stateHash(result), reports });
    }
    return given;
  };

  const tested: Rounds = async (computation, population, ...rest) =>
    runOn(await makeRuntime(population), computation, population, ...rest);

  const agreed: Rounds = async (...rounds) => {
    const given = await tested(...rounds);
    const reference = await runOn(inProcessRuntime(), ...rounds);
    assert.deepEqual(
      given.map(({ hash }) => hash),
      reference.map(({ hash }) => hash),
    );
    assert.deepEqual(
      given.map(({ reports }) => reports),
      reference.map(({ reports }) => reports),
    );
    return given;
  };

  return { closing, tested, agreed };
}
