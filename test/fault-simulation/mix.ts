// What goes wrong in one simulation, drawn from its seed: not everything at once, since a fault that always happens
// hides others. (Groce et al., "Swarm Testing", ISSTA 2012.)
import { type Generator, generator, type Seed } from '@starling/federated-core';
import { type RoundSettings, roundSettings } from '@starling/rounds';

export interface FaultMix {
  readonly clients: number;
  readonly phases: number;
  readonly settings: RoundSettings;
  /** Probabilities, for each message. */
  readonly loss: number;
  readonly duplication: number;
  /** A delay that lets later messages pass, up to `longDelayMs`. */
  readonly reordering: number;
  readonly longDelayMs: number;
  /** Work that fails, bytes that are damaged, reports of another run: probabilities, for each report. */
  readonly failure: number;
  readonly corruption: number;
  readonly foreign: number;
  /** Means between two of them, milliseconds; `null`: never. */
  readonly partitionEveryMs: number | null;
  readonly clientCrashEveryMs: number | null;
  readonly serverCrashEveryMs: number | null;
  /** For each call of the disk. */
  readonly diskRefusal: number;
  readonly diskCrash: number;
  /** From here on nothing goes wrong any more. */
  readonly healAtMs: number;
}

export function drawMix(seed: Seed): FaultMix {
  const random = generator(seed);
  const maybe = (probability: number, most: number): number =>
    random.uniform() < probability ? random.uniform() * most : 0;
  const everyMs = (probability: number, least: number): number | null =>
    random.uniform() < probability ? least * (1 + 4 * random.uniform()) : null;
  const clients = 3 + random.below(7);
  const cohortSize = 1 + random.below(clients);
  const mode = random.uniform() < 0.5 ? 'fixed' : 'present';
  return {
    clients,
    phases: 1 + random.below(2),
    settings: roundSettings({
      mode,
      rounds: 2 + random.below(5),
      population: clients,
      cohortSize,
      minReports: random.below(cohortSize + 1),
      deadlineMs: 500 + random.below(1000),
      selectionMs: 300 + random.below(1000),
      maxExtensions: random.below(3),
      maxAttempts: 1 + random.below(4),
      backOffMs: pick(random, [0, 50, 400]),
      storeRetries: random.below(4),
      storeRetryMs: 20,
    }),
    loss: maybe(0.5, 0.3),
    duplication: maybe(0.5, 0.5),
    reordering: maybe(0.5, 0.5),
    longDelayMs: 200 + random.below(4000),
    failure: maybe(0.3, 0.3),
    corruption: maybe(0.3, 0.3),
    foreign: maybe(0.3, 0.2),
    partitionEveryMs: everyMs(0.4, 800),
    clientCrashEveryMs: everyMs(0.4, 500),
    serverCrashEveryMs: everyMs(0.5, 700),
    diskRefusal: maybe(0.4, 0.05),
    diskCrash: maybe(0.4, 0.02),
    healAtMs: 1000 + random.below(8000),
  };
}

export function pick<T>(random: Generator, values: readonly T[]): T {
  return values[random.below(values.length)]!;
}
