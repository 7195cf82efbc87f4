// Draws what goes wrong with a client in a phase: from the run's seed, split by the kind of fault, its rule, the
// client, the round, the attempt and, where it is drawn for each phase, the phase. So it depends on nothing else: not
// on the cohort, the runtime, or what was drawn before.
import { deriveSeed, generator, type Seed } from '@starling/federated-core';
import type { Alteration } from '../runtime/client-fault.js';
import type { ByzantineRule, CorruptRule, Faults, Scope } from './fault-schema.js';
import { classSeed, drawLatency } from './latency.js';

/** Of which phase; attempts of a round differ. */
export interface PhaseOfRun {
  readonly round: number;
  readonly attempt: number;
  readonly phase: number;
}

export interface DrawnFaults {
  readonly dropsOut: boolean;
  readonly crashes: boolean;
  /** How far into its work it dies, of all of it: from 0 to 1. */
  readonly crashesAt: number;
  readonly isStraggler: boolean;
  /** Milliseconds until it answers, without any other fault. */
  readonly latencyMs: number;
  readonly corrupt: readonly Alteration[];
  readonly byzantine: readonly Alteration[];
  readonly isDuplicate: boolean;
}

/** `index`: of the client in the population; `client`: its name. */
export type DrawFaults = (index: number, client: string, of: PhaseOfRun) => DrawnFaults;

/** `seed`: of the run. */
export function createDrawFaults(faults: Faults, runSeed: Seed): DrawFaults {
  const seed = deriveSeed(runSeed, 'faults');
  const seeds = {
    dropouts: deriveSeed(seed, 'dropouts'),
    crashes: deriveSeed(seed, 'crashes'),
    stragglers: deriveSeed(seed, 'stragglers'),
    corrupt: deriveSeed(seed, 'corrupt'),
    byzantine: deriveSeed(seed, 'byzantine'),
    duplicates: deriveSeed(seed, 'duplicates'),
  };
  const scopes = {
    dropouts: faults.dropouts.map(inScope),
    crashes: faults.crashes.map(inScope),
    stragglers: faults.stragglers.map(inScope),
    corrupt: faults.corrupt.map(inScope),
    byzantine: faults.byzantine.map(inScope),
    duplicates: faults.duplicates.map(inScope),
  };

  return (index, client, { round, attempt, phase }) => {
    const ofRound = (kind: keyof typeof seeds, rule: number): Seed =>
      deriveSeed(seeds[kind], rule, client, round, attempt);
    const ofPhase = (kind: keyof typeof seeds, rule: number): Seed => deriveSeed(ofRound(kind, rule), phase);
    /** The rules of a kind that befall it, with a seed for what else they draw. */
    const befalling = <R extends Scope>(
      kind: keyof typeof seeds,
      rules: readonly R[],
      seedOf: (rule: number) => Seed,
    ): readonly (readonly [R, Seed, number])[] =>
      rules.flatMap((rule, at) => {
        if (!scopes[kind][at]!(index, client, round)) return [];
        const drawn = seedOf(at);
        return happens(rule.probability, drawn) ? [[rule, deriveSeed(drawn, 'more'), at] as const] : [];
      });

    const dropsOut = faults.dropouts.some((rule, at) => {
      if (rule.for === 'good') {
        const leaves = leavingRound(rule, deriveSeed(seeds.dropouts, at, client, 'good'));
        return round >= leaves && scopes.dropouts[at]!(index, client, null);
      }
      return scopes.dropouts[at]!(index, client, round) && happens(rule.probability, ofRound('dropouts', at));
    });
    const [crash] = befalling('crashes', faults.crashes, (rule) => ofPhase('crashes', rule));
    const slow = befalling('stragglers', faults.stragglers, (rule) => ofPhase('stragglers', rule));
    const corrupt = befalling('corrupt', faults.corrupt, (rule) => ofPhase('corrupt', rule));
    // A client that lies in a round lies in each of its phases.
    const byzantine = befalling('byzantine', faults.byzantine, (rule) => ofRound('byzantine', rule));
    const duplicates = befalling('duplicates', faults.duplicates, (rule) => ofPhase('duplicates', rule));
    return {
      dropsOut,
      crashes: crash !== undefined,
      crashesAt: crash === undefined ? 0 : generator(crash[1]).uniform(),
      isStraggler: slow.length > 0,
      latencyMs: slow.reduce(
        (sum, [rule, drawn, at]) =>
          sum + drawLatency(rule.latency, drawn, classSeed(seeds.stragglers, at, client)),
        0,
      ),
      corrupt: corrupt.map(([rule, drawn]) => alterationOf(rule, drawn)),
      byzantine: byzantine.map(([rule, drawn]) => alterationOf(rule, deriveSeed(drawn, phase))),
      isDuplicate: duplicates.length > 0,
    };
  };
}

/** Whether a rule speaks of a client; with a round, whether of it then. */
function inScope({
  clients,
  rounds,
}: Scope): (index: number, client: string, round: number | null) => boolean {
  const listed = clients === undefined ? null : new Set<number | string>(clients);
  const { from = 1, to = Number.POSITIVE_INFINITY } = rounds ?? {};
  return (index, client, round) =>
    (round === null || (round >= from && round <= to)) &&
    (listed === null || listed.has(index) || listed.has(client));
}

function happens(probability: number, seed: Seed): boolean {
  return generator(seed).uniform() < probability;
}

/**
 * The round from which a client is gone for good: it leaves in each round of the rule with its probability, so that
 * the rounds until then are geometric, drawn by inversion. Infinite if it stays.
 */
function leavingRound({ probability, rounds }: Scope, seed: Seed): number {
  const { from = 1, to = Number.POSITIVE_INFINITY } = rounds ?? {};
  if (probability === 0) return Number.POSITIVE_INFINITY;
  const stays = Math.log1p(-generator(seed).uniform()) / Math.log1p(-probability); // log1p(−1) is −∞: leaves at once
  const round = from + Math.floor(stays);
  return round <= to ? round : Number.POSITIVE_INFINITY;
}

function alterationOf(rule: CorruptRule | ByzantineRule, seed: Seed): Alteration {
  const { probability: _, clients: __, rounds: ___, ...what } = rule;
  return { ...what, seed } as Alteration; // those that draw nothing do not read the seed
}
