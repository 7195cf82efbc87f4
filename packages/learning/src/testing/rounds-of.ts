// Rounds of a process in a test, on a small cohort.
import { createOnnxEngine, localRunner } from '@starling/compute';
import { evaluate, type IterativeProcess } from '@starling/federated-core';

export interface RoundOutcome {
  readonly state: {
    readonly model: { readonly [name: string]: unknown };
    readonly [part: string]: unknown;
  };
  readonly metrics: { readonly [name: string]: unknown };
}

/** What the clients of a round hold, by the names of the parameters. */
export type Held = { readonly [name: string]: readonly unknown[] };

/** The outcome of each of so many rounds; `cohort` is the same each time, or a function of the round, from 0. */
export async function roundsOf(
  { initialize, next }: IterativeProcess,
  cohort: Held | ((round: number) => Held),
  count = 1,
): Promise<readonly RoundOutcome[]> {
  const engine = await createOnnxEngine();
  const run = localRunner(engine);
  let state: unknown = await evaluate(initialize, undefined, { run });
  const outcomes: RoundOutcome[] = [];
  for (let round = 0; round < count; round++) {
    const held = typeof cohort === 'function' ? (cohort as (round: number) => Held)(round) : cohort;
    const outcome = (await evaluate(next, { state, ...held }, { run })) as unknown as RoundOutcome;
    outcomes.push(outcome);
    ({ state } = outcome);
  }
  await engine.dispose();
  return outcomes;
}

/** The outcome of one round. */
export async function roundOf(...given: Parameters<typeof roundsOf>): Promise<RoundOutcome> {
  return (await roundsOf(...given)).at(-1)!;
}
