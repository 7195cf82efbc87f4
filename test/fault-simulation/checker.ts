// What must hold whatever goes wrong, checked on what the server did and told: each committed state is what exactly its
// counted reports make of the one before; nothing that was announced is ever taken back; no work was asked for that a
// restart does not know; no phase outlives its deadline; what a client hears of its reports is what was announced.
import type { Attempt, PhaseAddress } from '@starling/rounds';
import type { FoundRun } from '@starling/store';
import type { Control } from '@starling/wire';
import type { FaultMix } from './mix.js';
import { fold, reportOf, type Words, wordsOf } from './work.js';

/** A promise that was not kept. */
export class Finding extends Error {}

export interface Checker {
  /** Clients are asked to work. */
  asked(attempt: Attempt): void;
  /** A round was announced; `counted`: the clients that counted, phase by phase. */
  announced(round: number, attempt: Attempt, counted: readonly (readonly string[])[], state: Words): void;
  /** A phase began, and may last so long. */
  phaseOver(address: PhaseAddress, lastedMs: number): void;
  /** A client hears what has become of an attempt that it reported to. */
  heard(client: string, commit: Control<'commit'>): void;
  /** A process has taken the run up. */
  restarted(found: FoundRun | null): void;
}

export const INITIAL: Words = [1, 2];

export function createChecker(
  { phases, settings }: FaultMix,
  run: string,
  names: readonly string[],
): Checker {
  /** By round: as it was announced. */
  const states = new Map<number, Words>([[0, INITIAL]]);
  /** By round that was announced: the attempt, and who counted, phase by phase. */
  const counts = new Map<
    number,
    { readonly attempt: number; readonly counted: readonly (readonly string[])[] }
  >();
  let latest = 0;
  let lastAsked: Attempt | null = null;
  const longestMs = settings.deadlineMs * (settings.maxExtensions + 1);

  return {
    asked(attempt) {
      lastAsked = attempt;
    },
    announced(round, attempt, counted, state) {
      if (round !== latest + 1) throw new Finding(`round ${round} was announced after round ${latest}`);
      let cohort = attempt.cohort.map((client) => names[client]!);
      let base = states.get(latest)!;
      for (const [phase, those] of counted.entries()) {
        if (those.length < settings.minReports) {
          throw new Finding(`round ${round} counts ${those.length} reports, needs ${settings.minReports}`);
        }
        const inOrder = cohort.filter((client) => those.includes(client));
        if (inOrder.join() !== those.join())
          throw new Finding(`round ${round} counts others than its cohort`);
        const address = { run, round, attempt: attempt.attempt, phase };
        const broadcast = base;
        base = fold(
          base,
          address,
          those.map((client) => reportOf(client, address, broadcast)),
        );
        cohort = inOrder;
      }
      if (counted.length !== phases)
        throw new Finding(`round ${round} has ${counted.length} phases of ${phases}`);
      if (base.join() !== state.join()) {
        throw new Finding(`round ${round} ends in a state that its reports do not make`);
      }
      states.set(round, state);
      counts.set(round, { attempt: attempt.attempt, counted });
      latest = round;
    },
    heard(client, { round, attempt, status, counted }) {
      const of = `${client} hears that attempt ${attempt} at round ${round}`;
      const known = counts.get(round);
      if (status === 'committed') {
        if (known?.attempt !== attempt) throw new Finding(`${of} is committed, which was not announced`);
        const phases = known.counted.flatMap((those, phase) => (those.includes(client) ? [phase] : []));
        if (phases.join() !== counted.join()) {
          throw new Finding(`${of} counts it in phases ${counted}, it counted in ${phases}`);
        }
      } else if (status === 'abandoned' && known?.attempt === attempt) {
        throw new Finding(`${of} is abandoned, and it was announced`);
      }
    },
    phaseOver({ round, attempt, phase }, lastedMs) {
      if (lastedMs <= longestMs + 1) return;
      throw new Finding(`phase ${phase} of ${round}.${attempt} lasted ${lastedMs} ms, at most ${longestMs}`);
    },
    restarted(found) {
      const round = found?.state?.round ?? 0;
      if (round < latest) throw new Finding(`round ${latest} had been announced, a restart finds ${round}`);
      const announced = states.get(round);
      const state = found?.state == null ? INITIAL : wordsOf(found.state.bytes);
      if (announced !== undefined && announced.join() !== state?.join()) {
        throw new Finding(`a restart finds another state of round ${round} than was announced`);
      }
      if (found !== null && found.damage.length > 0) {
        throw new Finding(`a restart finds damage: ${found.damage[0]!.where}: ${found.damage[0]!.reason}`);
      }
      // A commit may be kept that was never announced.
      if (round > latest) {
        if (round !== latest + 1)
          throw new Finding(`round ${round} is committed, ${latest} was the last before`);
        states.set(round, state!);
        latest = round;
      }
      const asked = lastAsked;
      if (asked === null || asked.round <= round) return;
      const known = found?.history.attempts.find(
        (each) => each.round === asked.round && each.attempt === asked.attempt,
      );
      const clients = asked.cohort.map((client) => names[client]!);
      if (known?.cohort.clients?.join() === clients.join()) return;
      throw new Finding(
        `work was asked for attempt ${asked.attempt} at round ${asked.round}, unknown to a restart`,
      );
    },
  };
}
