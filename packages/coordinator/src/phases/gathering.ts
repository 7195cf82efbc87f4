// One phase of an attempt at a round, being gathered by the machine of `@starling/rounds`: this gives it a clock, reads
// what has arrived, and folds what counts. A lane fold makes the result independent of the order of arrival.
import { StarlingError, type Tensor } from '@starling/federated-core';
import { type RejectionCode, thrownWords, type UpdateChecker } from '@starling/federated-core/plan';
import type { ClientReport } from '@starling/plan/runner';
import { decodeLeaves } from '@starling/plan/safetensors';
import { createGathering, type Fate, type GatheringAction, type PhaseAddress } from '@starling/rounds';
import type { LaneFold, PhaseOutcome } from '@starling/runtime/phases';
import { boundReason, isWireCode } from '@starling/wire';
import type { Logger } from 'pino';
import type { ServerMetrics } from '../server/server-metrics.js';
import type { Ack, ReportControl, Reports } from '../server/task.js';
import { bodyDigest } from './body-digest.js';

export interface GatheringOptions extends PhaseAddress {
  /** Names in cohort order. */
  readonly cohort: readonly string[];
  readonly fold: LaneFold;
  /** Why an update must be refused; null if it is fine. */
  readonly check: UpdateChecker;
  /** By simulated faults: what becomes of the update of the client at a position of the cohort, before the check. */
  readonly alter?: (position: number, update: readonly Tensor[]) => readonly Tensor[];
  readonly deadlineMs: number;
  /** Accepted updates (or the whole cohort, if smaller) below which the deadline is extended. */
  readonly extendBelow: number;
  readonly maxExtensions: number;
  /** Accepted updates that end the phase at once. Default: the whole cohort's. */
  readonly goal?: number;
  readonly logger: Logger;
  readonly metrics: ServerMetrics;
  /** Called with the body of a report once nothing reads it any more. */
  readonly spent?: (body: Uint8Array) => void;
}

export interface Gathering extends Reports {
  readonly outcome: Promise<PhaseOutcome>;
  remainingMs(): number;
  /** Drops the client at a position of the cohort, as a simulated fault says: it need not be asked. */
  lose(position: number, code: string, reason: string): void;
  /** Stops without an outcome, if there is none yet: the session is over. */
  abandon(): void;
}

const rejectionCodes: ReadonlySet<string> = new Set<RejectionCode>([
  'non-finite-update',
  'non-finite-state',
  'invalid-weight',
  'out-of-range',
  'key-out-of-range',
  'too-many-keys',
  'norm-too-large',
  'weight-too-large',
  'wrong-update',
]);

/** Begins to gather. What too few reports mean for the round is the round loop's business. */
export function gather(options: GatheringOptions): Gathering {
  const { run, round, attempt, phase, base, cohort, deadlineMs, extendBelow, maxExtensions } = options;
  const { check, alter, logger, metrics, spent = () => {} } = options;
  const positions = new Map(cohort.map((client, position) => [client, position]));
  /** Let go of at the end: what is left answers late reports, and a model must not stay in memory for that. */
  let fold: LaneFold | null = options.fold;
  const now = () => performance.now();
  const here: PhaseAddress = { run, round, attempt, phase, base };
  const machine = createGathering(
    here,
    { cohort, goal: options.goal ?? cohort.length, needed: 0, deadlineMs, extendBelow, maxExtensions },
    now(),
  );
  /** Labels of what is counted. */
  const of = { run, phase: `${phase}` };
  let isAbandoned = false;
  let timer: NodeJS.Timeout | undefined;
  let wakeAt: number | null = null;
  let settle!: { resolve(outcome: PhaseOutcome): void; reject(error: unknown): void };
  const outcome = new Promise<PhaseOutcome>((resolve, reject) => {
    settle = { resolve, reject };
  });

  /** Does what the machine says; `report`: the one that was given. Gives its answer to that. */
  function act(actions: readonly GatheringAction[], report: Reported | null = null) {
    let answer: (GatheringAction & { readonly kind: 'answer' }) | null = null;
    for (const action of actions) {
      switch (action.kind) {
        case 'settle':
          tally(action.client, action.fate);
          foldIn(action.position, action.fate.status === 'accepted' ? report : null).catch(fail);
          break;
        case 'extended':
          metrics.add('starling_deadline_extensions_total');
          logger.warn({ ...action, extendBelow }, 'deadline extended');
          break;
        case 'over':
          finish();
          break;
        case 'answer':
          answer = action;
          break;
        case 'ask': // the session asks, as its sockets come
          break;
        default:
          action satisfies never;
      }
    }
    wake();
    return answer;
  }
  function tally(client: string, fate: Fate): void {
    if (fate.status === 'accepted') {
      metrics.add('starling_updates_accepted_total', 1, of);
      logger.debug({ client }, 'update accepted');
      return;
    }
    const { status, code, reason } = fate;
    const isRejected = status === 'rejected';
    const counter = isRejected ? 'starling_updates_rejected_total' : 'starling_clients_dropped_total';
    metrics.add(counter, 1, { ...of, reason: code });
    // At the end of the round the log has a line a reason; a line a client is for who looks closely.
    logger.debug({ client, code, reason }, `client ${status}`);
  }
  /** `async`, so that what a fold throws at once ends the phase too, and never the process. */
  async function foldIn(position: number, report: Reported | null): Promise<void> {
    if (report === null || report.update === null) return fold!.skip(position);
    report.isFolded = true;
    return fold!.accept(position, report.update, () => spent(report.body));
  }
  function wake(): void {
    const at = isAbandoned ? null : machine.wakeAt;
    if (at === wakeAt) return;
    clearTimeout(timer);
    wakeAt = at;
    // Timers may ring a little early: rounded up, so that the deadline has passed.
    if (at !== null) timer = setTimeout(tick, Math.max(0, Math.ceil(at - now())));
  }
  function tick(): void {
    wakeAt = null;
    act(machine.handle({ kind: 'tick' }, now()));
  }
  function finish(): void {
    metrics.add('starling_phases_total');
    const reports = machine.fates.map(
      (fate, position): ClientReport => ({ client: cohort[position]!, ...fate }),
    );
    const sinceMs = now();
    const finished = fold!.finish();
    fold = null;
    finished
      .then((accumulators) => {
        metrics.observe('starling_aggregation_seconds', (now() - sinceMs) / 1000);
        return { accumulators, reports };
      })
      .then(settle.resolve, settle.reject);
  }
  function fail(error: unknown): void {
    abandon();
    settle.reject(error);
  }
  function abandon(): void {
    isAbandoned = true;
    wake();
  }

  function altering(client: string): Alter | null {
    const position = positions.get(client);
    return alter === undefined || position === undefined ? null : (update) => alter(position, update);
  }

  logger.info({ cohort: cohort.length, deadlineMs }, 'phase begins');
  if (cohort.length === 0) tick();
  else wake();

  return {
    outcome,
    owes: (client) => !isAbandoned && machine.owes(client),
    remainingMs: () => Math.max(0, (machine.wakeAt ?? 0) - now()),
    update(client, at, body): Ack {
      const address = addressOf(at);
      const isWanted = !isAbandoned && machine.wants(client, address);
      const { update, refusal } = isWanted ? readUpdate(body, check, altering(client)) : UNREAD;
      const report = { kind: 'report', client, address, digest: bodyDigest(body), refusal } as const;
      const { broadcast: _, ...of } = at;
      if (isAbandoned && !machine.isOver) {
        metrics.add('starling_updates_ignored_total');
        spent(body);
        return { ...of, status: 'ignored', code: 'round-over', reason: 'the round was given up' };
      }
      const reported: Reported = { body, update, isFolded: false };
      const { status, code, reason } = act(machine.handle(report, now()), reported)!;
      if (!reported.isFolded) spent(body);
      if (status === 'ignored') metrics.add('starling_updates_ignored_total');
      return { ...of, status, ...(code === null ? {} : { code, reason: reason ?? '' }) };
    },
    failed(client, at, code, reason) {
      const event = {
        kind: 'lost',
        client,
        address: at === null ? null : addressOf(at),
        status: rejectionCodes.has(code) ? 'rejected' : 'dropped',
        code: isWireCode(code) ? code : 'work-failed',
        reason,
      } as const;
      if (!isAbandoned) act(machine.handle(event, now()));
    },
    lose(position, code, reason) {
      const client = cohort[position]!;
      const event = { kind: 'lost', client, address: null, status: 'dropped', code, reason } as const;
      if (!isAbandoned) act(machine.handle(event, now()));
    },
    abandon,
  };
}

/** A report that has come whole. */
interface Reported {
  readonly body: Uint8Array;
  readonly update: readonly Tensor[] | null;
  /** Whether the fold has its update. */
  isFolded: boolean;
}

type Alter = (update: readonly Tensor[]) => readonly Tensor[];

function addressOf({ broadcast, ...of }: ReportControl): PhaseAddress {
  return { ...of, base: broadcast };
}

const UNREAD: Reading = { update: null, refusal: null };

interface Reading {
  readonly update: readonly Tensor[] | null;
  readonly refusal: { readonly code: string; readonly reason: string } | null;
}

function readUpdate(body: Uint8Array, check: UpdateChecker, alter: Alter | null): Reading {
  try {
    const sent = decodeLeaves(body);
    const update = alter === null ? sent : alter(sent);
    const refused = check(update);
    if (refused === null) return { update, refusal: null };
    return { update: null, refusal: { code: refused.code, reason: boundReason(refused.message) } };
  } catch (thrown) {
    // Whatever these bytes do to their reader is their fault: the phase does not wait for them again.
    const code = thrown instanceof StarlingError && isWireCode(thrown.code) ? thrown.code : 'bad-body';
    return { update: null, refusal: { code, reason: boundReason(thrownWords(thrown)) } };
  }
}
