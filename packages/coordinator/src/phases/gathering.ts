// One phase of one round, being gathered: who of the cohort still owes an update, until all have answered or the
// deadline has passed. It knows neither sockets nor bytes of updates on their way; a lane fold makes the result
// independent of the order of arrival.
//
// A client that was cut off may come back and finish until the deadline; then it is dropped. Only its first report
// counts. A deadline that passes with too few accepted updates is extended, a limited number of times.
import { StarlingError, type Tensor } from '@starling/federated-core';
import type { RejectionCode, UpdateChecker } from '@starling/federated-core/plan';
import type { ClientReport } from '@starling/plan/runner';
import { decodeLeaves } from '@starling/plan/safetensors';
import type { LaneFold, PhaseOutcome } from '@starling/runtime/phases';
import { isWireCode, type WireCode } from '@starling/wire';
import type { Logger } from 'pino';
import type { ServerMetrics } from '../server/server-metrics.js';
import type { Ack, Reports } from '../server/task.js';

export interface GatheringOptions {
  readonly round: number;
  readonly phase: number;
  /** Names in cohort order. */
  readonly cohort: readonly string[];
  readonly fold: LaneFold;
  /** Why an update must be refused; null if it is fine. */
  readonly check: UpdateChecker;
  readonly deadlineMs: number;
  /** Accepted updates (or the whole cohort, if smaller) below which the deadline is extended. */
  readonly extendBelow: number;
  readonly maxExtensions: number;
  readonly logger: Logger;
  readonly metrics: ServerMetrics;
}

export interface Gathering extends Reports {
  readonly outcome: Promise<PhaseOutcome>;
  remainingMs(): number;
  /** Stops without an outcome, if there is none yet: the session is over. */
  abandon(): void;
}

const rejectionCodes: ReadonlySet<string> = new Set<RejectionCode>([
  'non-finite-update',
  'invalid-weight',
  'out-of-range',
  'key-out-of-range',
  'too-many-keys',
  'wrong-update',
]);

/** Begins to gather. What too few reports mean for the round is the round loop's business. */
export function gather(options: GatheringOptions): Gathering {
  const { round, phase, cohort, fold, deadlineMs, logger, metrics } = options;
  const extendBelow = Math.min(options.extendBelow, cohort.length);
  const positions = new Map(cohort.map((client, position) => [client, position]));
  const reports = new Map<string, ClientReport>();
  let extensions = 0;
  let over = false;
  let deadlineAt = performance.now() + deadlineMs;
  let timer = setTimeout(expire, deadlineMs);
  let settle!: { resolve(outcome: PhaseOutcome): void; reject(error: unknown): void };
  const outcome = new Promise<PhaseOutcome>((resolve, reject) => {
    settle = { resolve, reject };
  });

  const accepted = () => [...reports.values()].filter(({ status }) => status === 'accepted').length;
  const owes = (client: string) => !over && positions.has(client) && !reports.has(client);

  function record(report: ClientReport, update: readonly Tensor[] | null): void {
    const { client, status } = report;
    const position = positions.get(client) as number;
    reports.set(client, report);
    if (status === 'accepted') {
      metrics.add('starling_updates_accepted_total');
      logger.debug({ client }, 'update accepted');
    } else {
      metrics.add(
        status === 'rejected' ? 'starling_updates_rejected_total' : 'starling_clients_dropped_total',
      );
      // At the end of the round the log has a line a reason; a line a client is for who looks closely.
      logger.debug({ client, code: report.code, reason: report.reason }, `client ${status}`);
    }
    foldIn(position, update).catch(fail);
    if (reports.size === cohort.length) finish();
  }

  /** `async`, so that what a fold throws at once ends the phase too, and never the process. */
  async function foldIn(position: number, update: readonly Tensor[] | null): Promise<void> {
    await (update === null ? fold.skip(position) : fold.accept(position, update));
  }

  function expire(): void {
    const count = accepted();
    if (count < extendBelow && extensions < options.maxExtensions) {
      extensions++;
      metrics.add('starling_deadline_extensions_total');
      logger.warn({ accepted: count, extendBelow, extensions }, 'deadline extended');
      deadlineAt = performance.now() + deadlineMs;
      timer = setTimeout(expire, deadlineMs);
      return;
    }
    const reason = `nothing arrived within ${deadlineMs * (extensions + 1)} ms`;
    for (const client of cohort) {
      if (owes(client)) record({ client, status: 'dropped', code: 'deadline', reason }, null);
    }
  }

  function finish(): void {
    over = true;
    clearTimeout(timer);
    metrics.add('starling_phases_total');
    fold
      .finish()
      .then((accumulators) => ({ accumulators, reports: cohort.map((client) => reports.get(client)!) }))
      .then(settle.resolve, settle.reject);
  }

  function fail(error: unknown): void {
    over = true;
    clearTimeout(timer);
    settle.reject(error);
  }

  function ignore(
    at: { readonly round: number; readonly phase: number },
    code: WireCode,
    reason: string,
  ): Ack {
    metrics.add('starling_updates_ignored_total');
    return { ...at, status: 'ignored', code, reason };
  }

  logger.info({ cohort: cohort.length, deadlineMs }, 'phase begins');
  if (cohort.length === 0) finish();

  return {
    outcome,
    owes,
    remainingMs: () => Math.max(0, deadlineAt - performance.now()),
    update(client, at, body) {
      if (over || at.round !== round || at.phase !== phase) {
        return ignore(at, 'round-over', `round ${at.round}, phase ${at.phase} is not being gathered`);
      }
      if (!positions.has(client)) return ignore(at, 'not-in-cohort', 'this round did not ask this client');
      if (reports.has(client))
        return ignore(at, 'duplicate-update', 'only the first report of a phase counts');
      const { update, refusal } = readUpdate(body, options.check);
      if (refusal !== null) {
        record({ client, status: 'rejected', ...refusal }, null);
        return { ...at, status: 'rejected', ...refusal };
      }
      record({ client, status: 'accepted' }, update);
      return { ...at, status: 'accepted' };
    },
    failed(client, code, reason) {
      if (!owes(client)) return;
      const status = rejectionCodes.has(code) ? 'rejected' : 'dropped';
      record({ client, status, code: isWireCode(code) ? code : 'work-failed', reason }, null);
    },
    abandon() {
      over = true;
      clearTimeout(timer);
    },
  };
}

type Reading =
  | { readonly update: readonly Tensor[]; readonly refusal: null }
  | { readonly update: null; readonly refusal: { readonly code: string; readonly reason: string } };

function readUpdate(body: Uint8Array, check: UpdateChecker): Reading {
  try {
    const update = decodeLeaves(body);
    const refused = check(update);
    if (refused === null) return { update, refusal: null };
    return { update: null, refusal: { code: refused.code, reason: refused.message } };
  } catch (error) {
    if (!(error instanceof StarlingError)) throw error;
    return { update: null, refusal: { code: error.code, reason: error.message } };
  }
}
