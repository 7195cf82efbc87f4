// What nodes do with clients: ask all of them once, or train over cohorts; and what earlier runs have left them.
import type { Engine } from '@starling/compute';
import { type FederatedComputation, StarlingError } from '@starling/federated-core';
import { everyoneSampler, type Population, uniformSampler } from '@starling/population';
import { type Runtime, runRounds } from '@starling/runtime';
import { recordOfRun } from '@starling/runtime/record';
import { directoryStore } from '@starling/store/directory';
import type { Artifact } from '../artifacts/artifact.js';
import type { ArtifactStore } from '../artifacts/artifact-store.js';
import { sha256 } from '../artifacts/canonical.js';
import type { Metadata } from '../metadata/rows.js';
import type { History, TrainedRun, TrainingRun } from '../nodes/node.js';

export interface ClientAccess {
  readonly runtime: () => Runtime | Promise<Runtime>;
  readonly engine: Engine;
  readonly population: Population;
  readonly seed: number;
  readonly signal?: AbortSignal;
}

/** Rounds from one state that is kept to the next. */
const CHECKPOINT_EVERY = 10;
const RUN = 'training';

/**
 * The computation's result, of all clients by default, or of so many that the seed draws. All of them must answer: a
 * client that is missing would be in one figure and not in another.
 */
export async function askClients(
  computation: FederatedComputation,
  given: Readonly<Record<string, unknown>>,
  { runtime, engine, population, seed, signal }: ClientAccess,
  clients: number = population.size,
): Promise<unknown> {
  const { metrics, interrupted } = await runRounds({
    computation,
    arguments: given,
    population,
    sampler: clients === population.size ? everyoneSampler() : uniformSampler({ cohortSize: clients }),
    runtime: await runtime(),
    engine,
    rounds: 1,
    seed,
    minReports: clients,
    maxAttempts: 1,
    ...(signal !== undefined && { signal }),
  });
  if (interrupted || metrics === null) throw stopped(signal);
  return metrics;
}

/** A seed of its own for what is drawn besides the training. */
export function drawSeed(seed: number, draw: string): number {
  return Number.parseInt(sha256(`${seed} ${draw}`).slice(0, SEED_DIGITS), 16);
}

/** Hexadecimal, of 48 bits. */
const SEED_DIGITS = 12;

/** Continues what was kept in `directory`, if it is the same run. */
export async function trainOnClients(
  { process, rounds, cohortSize }: TrainingRun,
  {
    runtime,
    engine,
    population,
    seed,
    signal,
    directory,
    onRound,
  }: ClientAccess & { readonly directory: string; readonly onRound: (round: number) => void },
): Promise<TrainedRun> {
  const store = directoryStore(directory);
  try {
    const result = await runRounds({
      process,
      population,
      sampler: cohortSize === null ? everyoneSampler() : uniformSampler({ cohortSize }),
      runtime: await runtime(),
      engine,
      rounds,
      seed,
      store,
      run: RUN,
      checkpointEvery: CHECKPOINT_EVERY,
      onRound: ({ round }) => onRound(round),
      ...(signal !== undefined && { signal }),
    });
    if (result.interrupted) throw stopped(signal);
    if (result.failure !== null) throw result.failure;
    const lines = recordOfRun(await store.journal(RUN));
    return {
      state: result.stateValue,
      rounds: lines.flatMap((line) =>
        line.type === 'round' ? [{ round: line.round, metrics: line.metrics }] : [],
      ),
      missing: lines
        .flatMap((line) => (line.type === 'round' ? line.lost : []))
        .reduce((sum, { count }) => sum + count, 0),
    };
  } finally {
    await store.close();
  }
}

/** What runs of this pipeline had left when this run began. */
export function historyAt(metadata: Metadata, store: ArtifactStore, pipeline: string, asOf: number): History {
  const newest = <K extends Artifact['kind']>(ids: readonly (string | undefined)[]): Artifact<K> | null => {
    for (const id of ids) {
      const found = id === undefined ? null : store.read(id);
      if (found !== null) return found as Artifact<K>;
    }
    return null;
  };
  return {
    latestStatistics: (_node, otherThanSpan) => {
      const passed = metadata
        .outputs(pipeline, 'ExampleAnomalies', asOf)
        .filter(({ isRefused }) => !isRefused);
      const others = passed
        .map(({ inputs }) => inputs['statistics'])
        .filter((id) => {
          const found = id === undefined ? null : store.read(id);
          return found !== null && found.properties['span'] !== otherThanSpan;
        });
      return newest<'ExampleStatistics'>(others);
    },
    latestBlessed: (other, otherThan) => {
      const blessed = metadata.outputs(other, 'ModelBlessing', asOf).filter(({ isRefused }) => !isRefused);
      const id = blessed
        .map(({ inputs }) => inputs['model'])
        .find((one) => one !== undefined && one !== otherThan);
      return id === undefined ? null : { id, artifact: store.read(id) as Artifact<'Model'> | null };
    },
  };
}

/** Throws if the run was stopped. */
export function requireGoing(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw stopped(signal);
}

/** Why it was stopped, if that is known, such as clients that are lost. */
function stopped(signal: AbortSignal | undefined): StarlingError {
  const reason: unknown = signal?.reason;
  return reason instanceof StarlingError
    ? reason
    : new StarlingError('closed', 'Cannot go on: the run was stopped');
}
