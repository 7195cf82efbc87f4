// A client's work over one socket: from the broadcast to the update, and what became of it. An update that was
// computed before a cut is kept in the client's memory and sent as it is.
import type { Tensor, Value } from '@starling/federated-core';
import { clientOutcome, droppedReport } from '@starling/plan/runner';
import { encodeLeaves } from '@starling/plan/safetensors';
import { StoreFailedError } from '@starling/store';
import {
  type Control,
  encodeBodyMessage,
  encodeMessage,
  type PartialBody,
  type WireCode,
  WireError,
} from '@starling/wire';
import { bodyMemory } from './body-memory.js';
import type { Keeper } from './keeper.js';
import { keptState } from './kept-state.js';
import type { ClientLogger } from './logger.js';
import type { ClientCounts, ClientMemory, WorkOutcome } from './memory.js';
import type { LoadedPlan, PlanCache } from './plan-cache.js';
import type { Reports } from './reports.js';
import { readBody } from './shared-bodies.js';
import { PATIENCE_MS, watchedLoad } from './watched-load.js';

export interface WorkerOptions {
  readonly client: string;
  readonly plan: LoadedPlan;
  /** The leaves of the plan's client input. */
  readonly argument: (value: Value) => readonly Tensor[];
  readonly load: (client: string) => Value | Promise<Value>;
  readonly inTurn: PlanCache['inTurn'];
  readonly broadcasts: PlanCache['broadcasts'];
  readonly memory: ClientMemory;
  readonly keeper: Keeper;
  readonly counts: ClientCounts;
  readonly reports: Reports;
  /** `sent`: as of a `ClientSocket`. */
  readonly send: (frame: Uint8Array, sent?: () => void) => void;
  /** Called with a fault of the coordinator's, such as a broadcast that is not what it says. */
  readonly onFault: (error: unknown) => void;
  readonly logger: ClientLogger;
}

export interface Worker {
  /** Keeps the client's slices for the work that comes next. */
  slices(slices: Control<'slices'>, body: Uint8Array): void;
  /**
   * Does the work that is asked for, unless it is done already, and sends its update. `body`: the broadcast; `null` if
   * it comes to another socket of this process.
   */
  work(work: Control<'work'>, body: Uint8Array | null): void;
}

export function createWorker(options: WorkerOptions): Worker {
  const { client, plan, memory, counts, send, logger } = options;
  let stream = 0;

  async function compute(
    work: Control<'work'>,
    body: Uint8Array,
    own: PartialBody | null,
  ): Promise<WorkOutcome> {
    const { phase, seed, broadcast, slices } = work;
    const LOST: WorkOutcome = {
      report: {
        client,
        status: 'dropped',
        code: 'state-lost',
        reason: 'the client no longer holds that version',
      },
      update: null,
    };
    const shared = options.broadcasts.check(body, broadcast);
    if (memory.broadcast?.bytes === body) memory.broadcast = { ...memory.broadcast, bytes: shared.bytes };
    if (shared.bytes !== body) bodyMemory.spent(body);
    const sliced =
      slices === null || own === null ? [] : plan.unpackSlices(phase, readBody(own.bytes, slices).leaves);
    const isLate = (): void =>
      logger.warn(
        { phase, afterMs: PATIENCE_MS },
        `load has given nothing for client '${client}' after ${PATIENCE_MS / 1000} s; its work waits, and a round with a deadline continues without it`,
      );
    const working = options.inTurn(async (): Promise<WorkOutcome> => {
      const kept = keptState(options, work);
      const state = kept === null ? [] : await kept.read();
      if (state === null) return LOST;
      let made: readonly Tensor[] | null = null;
      const { report, update } = await clientOutcome(
        client,
        async () => options.argument(await watchedLoad(() => options.load(client), isLate)),
        async (input) => {
          const worked = await plan.work(phase, shared.leaves, { slices: sliced, state, input }, seed);
          made = worked.state;
          return worked.update;
        },
        () => null, // the coordinator checks updates, all alike
      );
      if (update !== null && made !== null) await kept?.keep(made);
      return { report, update: update && encodeLeaves(update, {}, bodyMemory.take) };
    });
    return working.catch((error) => {
      if (!(error instanceof StoreFailedError)) throw error;
      return { report: droppedReport(client, 'work-failed', error), update: null }; // without its state, no update
    });
  }

  /** `held`: bytes of this very update that the coordinator has from an earlier socket. */
  function answer(asked: Control<'work'>, held: number, { report, update }: WorkOutcome): void {
    const { run, round, attempt, phase, broadcast } = asked;
    const of = { run, round, attempt, phase, broadcast };
    if (report.status !== 'accepted') {
      const { code, reason } = report;
      counts.failed++;
      logger.error({ round, phase, code, reason }, 'the work failed');
      send(encodeMessage('failed', { ...of, code, reason }));
    } else if (update !== null) {
      const from = held < update.length ? held : 0;
      const { take, spent } = bodyMemory;
      const frames = encodeBodyMessage('update', of, update, { stream: ++stream, from, take });
      options.reports.sent(of);
      for (const frame of frames) send(frame, () => spent(frame));
    }
  }

  function begin(control: Control<'work'>, body: Uint8Array): void {
    memory.broadcast = { message: { type: 'work', control }, bytes: body, received: body.length };
    memory.run = control.run;
    const { run, round, attempt, phase, seed, broadcast, slices } = control;
    const own = memory.slices;
    if (slices !== null && (own?.message.type !== 'slices' || own.message.control.hash !== slices)) {
      throw new WireError('unexpected-message', `Cannot work: slices ${slices} must come first`);
    }
    const versions = control.state === null ? [] : [control.state.base, control.state.next];
    const key = [plan.hash, run, round, attempt, phase, broadcast, slices, ...versions, ...seed].join(' ');
    // What the coordinator holds is of an update that this client sent before; one computed anew is sent whole.
    const held = memory.update?.key === key ? control.received : 0;
    if (memory.update?.key !== key) memory.update = { key, outcome: compute(control, body, own) };
    memory.update.outcome.then(
      (outcome) => answer(control, held, outcome),
      (error) => {
        memory.update = null;
        options.onFault(error);
      },
    );
  }

  /** Nobody brings the broadcast: it is asked for at this socket. */
  function lost({ run, round, attempt, phase, broadcast }: Control<'work'>, error: Error): void {
    logger.debug({ round, phase }, error.message);
    const code: WireCode = 'broadcast-lost';
    send(encodeMessage('failed', { run, round, attempt, phase, broadcast, code, reason: error.message }));
  }

  return {
    slices(control, body) {
      memory.slices = { message: { type: 'slices', control }, bytes: body, received: body.length };
    },
    work(control, body) {
      if (body !== null) begin(control, body);
      else {
        options.broadcasts
          .coming(control.broadcast)
          .then(
            ({ bytes }) => begin(control, bytes),
            (error) => lost(control, error),
          )
          .catch(options.onFault);
      }
    },
  };
}
