// One phase of an attempt, being gathered: who of the cohort still owes a report, until enough have answered or the
// deadline has passed. A machine without clock, sockets or bytes: it is told what happens and when, and says what to
// do.
//
// Only a client's first report counts; the same one again gets the same answer, another one is refused. A client that
// was cut off may come back until the deadline.
import type { RoundSettings } from '../settings/round-settings.js';

/** Where a report belongs. */
export interface PhaseAddress {
  readonly run: string;
  readonly round: number;
  readonly attempt: number;
  readonly phase: number;
  /**
   * Names what its work starts from, such as the hash of the broadcast: an attempt that a restart begins again may come
   * to a later phase with another.
   */
  readonly base: string;
}

export interface GatheringSettings {
  /** Clients in cohort order, each once. */
  readonly cohort: readonly string[];
  /** Accepted reports that end the phase at once. All of the cohort's, if it is to wait for everyone. */
  readonly goal: number;
  /** Accepted reports without which the phase is of no use: it ends once they can no longer come. */
  readonly needed: number;
  readonly deadlineMs: number;
  /** Accepted reports below which a deadline is extended. */
  readonly extendBelow: number;
  readonly maxExtensions: number;
}

/** With how many accepted reports a phase ends that asks so many clients. */
export function goalOf(
  { mode, cohortSize }: Pick<RoundSettings, 'mode' | 'cohortSize'>,
  asked: number,
): number {
  return mode === 'present' ? Math.min(cohortSize, asked) : asked;
}

/** What became of a client of the cohort. */
export type Fate =
  | { readonly status: 'accepted' }
  | { readonly status: 'rejected' | 'dropped'; readonly code: string; readonly reason: string };

export type GatheringEvent =
  /** A client is there, and can be asked. */
  | { readonly kind: 'joined'; readonly client: string }
  /**
   * A report has arrived. `digest` tells its bytes from others; `refusal`: why it cannot count, as its reader found;
   * only asked for when `wants` says so.
   */
  | {
      readonly kind: 'report';
      readonly client: string;
      readonly address: PhaseAddress;
      readonly digest: string;
      readonly refusal: { readonly code: string; readonly reason: string } | null;
    }
  /** There will be no report: the client's work failed, was refused where it was made, or it has left for good. */
  | {
      readonly kind: 'lost';
      readonly client: string;
      /** `null`: whatever it was asked. */
      readonly address: PhaseAddress | null;
      readonly status: 'rejected' | 'dropped';
      readonly code: string;
      readonly reason: string;
    }
  /** Time has passed. */
  | { readonly kind: 'tick' };

export type GatheringAction =
  /** Send the client its work. */
  | { readonly kind: 'ask'; readonly client: string }
  /** Tell the client what became of its report. `ignored`: it counts for nothing, and changed nothing. */
  | {
      readonly kind: 'answer';
      readonly client: string;
      readonly address: PhaseAddress;
      readonly status: 'accepted' | 'rejected' | 'ignored';
      readonly code: string | null;
      readonly reason: string | null;
    }
  /** Its fate is settled: add its report (`accepted`), or leave its place empty. Once for each of the cohort. */
  | { readonly kind: 'settle'; readonly client: string; readonly position: number; readonly fate: Fate }
  /** The deadline was moved. */
  | { readonly kind: 'extended'; readonly accepted: number; readonly extensions: number }
  /** All is settled. Nothing follows but answers to late reports. */
  | { readonly kind: 'over'; readonly accepted: number };

export interface Gathering {
  /** At which time `tick` has something to do; `null` once the phase is over. */
  readonly wakeAt: number | null;
  readonly isOver: boolean;
  /** Fates in cohort order, once the phase is over. */
  readonly fates: readonly Fate[];
  /** Whether a client still owes a report. */
  owes(client: string): boolean;
  /** Whether a report would be looked at: only then need it be read. */
  wants(client: string, address: PhaseAddress): boolean;
  handle(event: GatheringEvent, at: number): readonly GatheringAction[];
}

/** Begins at the time `at`, milliseconds on any clock. An empty cohort is over with the first `tick`. */
export function createGathering(here: PhaseAddress, settings: GatheringSettings, at: number): Gathering {
  const { cohort, goal, needed, deadlineMs, extendBelow, maxExtensions } = settings;
  const positions = new Map(cohort.map((client, position) => [client, position]));
  const settled = new Map<string, { readonly fate: Fate; readonly digest: string | null }>();
  let accepted = 0;
  let extensions = 0;
  let deadlineAt = at + deadlineMs;
  let isOver = false;

  const owes = (client: string): boolean => !isOver && positions.has(client) && !settled.has(client);
  const isHere = (address: PhaseAddress): boolean =>
    address.run === here.run &&
    address.round === here.round &&
    address.attempt === here.attempt &&
    address.phase === here.phase &&
    address.base === here.base;

  function settle(client: string, fate: Fate, digest: string | null): readonly GatheringAction[] {
    settled.set(client, { fate, digest });
    if (fate.status === 'accepted') accepted++;
    return [{ kind: 'settle', client, position: positions.get(client)!, fate }];
  }
  /** Ends the phase if it is to end. */
  function conclude(): readonly GatheringAction[] {
    const owed = cohort.length - settled.size;
    if (owed === 0) return end('deadline', '');
    if (accepted >= goal) return end('not-needed', `enough others, ${accepted}, have reported`);
    if (accepted + owed < needed) {
      return end('not-needed', `${needed} reports can no longer be had`);
    }
    return [];
  }
  function end(code: string, reason: string): readonly GatheringAction[] {
    const left = cohort.filter((client) => !settled.has(client));
    const actions = left.flatMap((client) => settle(client, { status: 'dropped', code, reason }, null));
    isOver = true;
    return [...actions, { kind: 'over', accepted }];
  }
  function expire(now: number): readonly GatheringAction[] {
    if (accepted < Math.min(extendBelow, cohort.length) && extensions < maxExtensions) {
      extensions++;
      deadlineAt = now + deadlineMs;
      return [{ kind: 'extended', accepted, extensions }];
    }
    return end('deadline', `nothing arrived within ${deadlineMs * (extensions + 1)} ms`);
  }

  function answer(
    client: string,
    address: PhaseAddress,
    status: 'accepted' | 'rejected' | 'ignored',
    code: string | null = null,
    reason: string | null = null,
  ): GatheringAction {
    return { kind: 'answer', client, address, status, code, reason };
  }
  /** In what a report differs that is not of the work that is asked for now. */
  function elsewhere(address: PhaseAddress): 'round-over' | 'other-attempt' | 'other-work' {
    if (address.round !== here.round || isHere(address)) return 'round-over';
    return address.attempt === here.attempt ? 'other-work' : 'other-attempt';
  }
  function report({ client, address, digest, refusal }: GatheringEvent & { readonly kind: 'report' }) {
    if (address.run !== here.run) {
      return [answer(client, address, 'ignored', 'other-run', `the run is ${here.run}`)];
    }
    const before = settled.get(client);
    if (isHere(address) && before?.digest === digest) {
      const { fate } = before;
      if (fate.status === 'accepted') return [answer(client, address, 'accepted')];
      return [answer(client, address, 'rejected', fate.code, fate.reason)];
    }
    if (isOver || !isHere(address)) {
      const { round, attempt, phase } = address;
      const reason = `round ${round}, attempt ${attempt}, phase ${phase} is not being gathered`;
      return [answer(client, address, 'ignored', elsewhere(address), reason)];
    }
    if (!positions.has(client)) {
      return [answer(client, address, 'ignored', 'not-in-cohort', 'this round did not ask this client')];
    }
    if (before !== undefined) {
      const reason = 'only the first report of a phase counts';
      return [answer(client, address, 'ignored', 'duplicate-update', reason)];
    }
    const fate: Fate = refusal === null ? { status: 'accepted' } : { status: 'rejected', ...refusal };
    const code = refusal === null ? null : refusal.code;
    return [
      ...settle(client, fate, digest),
      answer(client, address, fate.status as 'accepted' | 'rejected', code, refusal?.reason ?? null),
      ...conclude(),
    ];
  }

  return {
    get wakeAt() {
      return isOver ? null : cohort.length === 0 ? at : deadlineAt;
    },
    get isOver() {
      return isOver;
    },
    get fates() {
      return cohort.map((client) => settled.get(client)!.fate);
    },
    owes,
    wants: (client, address) => isHere(address) && owes(client),
    handle(event, now) {
      switch (event.kind) {
        case 'joined':
          return owes(event.client) ? [{ kind: 'ask', client: event.client }] : [];
        case 'report':
          return report(event);
        case 'lost': {
          const { client, address, status, code, reason } = event;
          if (!owes(client) || (address !== null && !isHere(address))) return [];
          return [...settle(client, { status, code, reason }, null), ...conclude()];
        }
        case 'tick':
          if (isOver) return [];
          if (cohort.length === 0) return end('deadline', '');
          return now >= deadlineAt ? expire(now) : [];
        default:
          event satisfies never;
          return [];
      }
    },
  };
}
