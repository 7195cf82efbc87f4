// A client: it holds data that never leaves it, joins a coordinator, works on what it is asked for, and comes back
// after every cut, until the run is over or it is turned away for good.
import { formatType, StarlingError, type Value } from '@starling/federated-core';
import { unflatten } from '@starling/federated-core/plan';
import { decodeLeaves } from '@starling/plan/safetensors';
import { memoryClientStates } from '@starling/store';
import { type ConversationState, passingCodes } from '@starling/wire';
import { backOffMs } from './back-off.js';
import { checkClient } from './check-client.js';
import type { ClientOptions } from './client-options.js';
import { type Conversation, converse, type OneOfSeveral } from './conversation.js';
import { borrowKeeper } from './keeper.js';
import { silentLogger } from './logger.js';
import { type ClientCounts, newCounts, newMemory } from './memory.js';
import { createPlanCache } from './plan-cache.js';
import { forget } from './reports.js';

export interface ClientSummary extends Readonly<ClientCounts> {
  readonly client: string | null;
  /** `finished`: the coordinator said that the run is over. `closed`: `close` was called. */
  readonly end: 'finished' | 'closed';
}

export interface Client {
  readonly name: string | null;
  readonly state: ConversationState | 'waiting';
  readonly counts: Readonly<ClientCounts>;
  /** Rejects with a `ClientRefusedError` if the client was turned away for good. */
  readonly finished: Promise<ClientSummary>;
  /**
   * What the client keeps of a run in which it has taken part since it was started, as of its latest round that counts;
   * also after the run has ended. `null` if it keeps nothing.
   */
  keptValue(run: string): Promise<Value | null>;
  /** Leaves; resolves once the socket is closed. */
  close(): Promise<void>;
}

/** The coordinator, or the client's own rules, turned it away for a reason that waiting does not fix. */
export class ClientRefusedError extends StarlingError {
  constructor(client: string | null, code: string, reason: string) {
    super(code, `Cannot take part${client === null ? '' : ` as '${client}'`}: ${reason}`);
  }
}

/**
 * Starts a client. It connects at once, and again after every cut. Throws a `RangeError` for an option of another kind.
 */
export function createClientOn(options: ClientOptions): Client {
  checkClient(options);
  return startClient(options);
}

/** The same with options that are checked; `several`: it is one of several of a client (see `createRunsClientOn`). */
export function startClient(options: ClientOptions, several?: OneOfSeveral): Client {
  const {
    random = Math.random,
    backOff,
    giveUpMs = Number.POSITIVE_INFINITY,
    logger = silentLogger,
  } = options;
  const ownPlans = options.plans === undefined;
  const plans = options.plans ?? createPlanCache(options.engine);
  const memory = newMemory(options.clientId);
  const store = options.keep ?? memoryClientStates();
  const keeper = borrowKeeper(store);
  const counts = newCounts();
  let conversation: Conversation | null = null;
  let closing = false;
  let wake = () => {};

  function summary(end: ClientSummary['end']): ClientSummary {
    forget(memory, counts);
    return { client: memory.name, end, ...counts };
  }
  async function run(): Promise<ClientSummary> {
    let lastContactMs = performance.now();
    try {
      for (let attempt = 0; !closing; attempt++) {
        conversation = converse({
          ...options,
          logger,
          plans,
          memory,
          keeper,
          counts,
          ...(several !== undefined && { several }),
          dataTypeText: formatType(options.dataType),
        });
        const talk = conversation;
        const end = await talk.end;
        conversation = null;
        if (closing) break;
        if (end.kind === 'bye') return summary('finished');
        const isLost = end.kind === 'refused' && (end.code === 'replaced' || end.code === 'name-taken');
        if (isLost && options.clientId === null) {
          // A name that was given to `any` client can be lost to its real owner: ask for another.
          memory.name = null;
          memory.proof = null;
        } else if (end.kind === 'refused' && !passingCodes.has(end.code)) {
          throw new ClientRefusedError(memory.name, end.code, end.reason);
        }
        if (talk.wasReady) attempt = 0;
        if (talk.wasOpen) lastContactMs = performance.now();
        const ownMs = backOffMs(attempt, random(), backOff);
        if (performance.now() + ownMs - lastContactMs > giveUpMs) {
          throw new ClientRefusedError(memory.name, 'coordinator-gone', `nobody answered for ${giveUpMs} ms`);
        }
        const waitMs = Math.max(ownMs, end.kind === 'refused' ? (end.returnMs ?? 0) : 0);
        counts.reconnects++;
        logger.info(
          { client: memory.name, reason: end.reason, attempt, waitMs: Math.round(waitMs) },
          'reconnecting',
        );
        await new Promise<void>((resolve) => {
          wake = resolve;
          setTimeout(resolve, waitMs);
        });
      }
      return summary('closed');
    } finally {
      await keeper.release();
      if (ownPlans) await plans.dispose();
    }
  }

  const finished = run();
  finished.catch(() => {}); // a caller that reads `finished` gets the error; none has to
  return {
    get name() {
      return memory.name;
    },
    get state() {
      return conversation?.state ?? 'waiting';
    },
    counts,
    finished,
    async keptValue(run) {
      const { name, stateType } = memory;
      const id = memory.counted.get(run);
      if (name === null || stateType === null || id === undefined) return null;
      const borrowed = borrowKeeper(store);
      try {
        const bytes = await (await borrowed.open(run)).read(name, id);
        return bytes === null ? null : unflatten(stateType, decodeLeaves(bytes));
      } finally {
        await borrowed.release();
      }
    },
    async close() {
      closing = true;
      conversation?.leave('closed', 'the client was closed');
      wake();
      await finished.catch(() => {});
    },
  };
}
