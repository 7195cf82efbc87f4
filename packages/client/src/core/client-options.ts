// What a client is given.
import type { Engine } from '@starling/compute';
import type { Type, Value } from '@starling/federated-core';
import type { ClientStateStore } from '@starling/store';
import type { BackOff } from './back-off.js';
import type { ClientLogger } from './logger.js';
import type { PlanCache } from './plan-cache.js';
import type { Connect } from './socket.js';

/** An update has arrived. */
export interface ClientAck {
  readonly client: string;
  readonly run: string;
  readonly round: number;
  /** From 1, of the attempts at this round. */
  readonly attempt: number;
  readonly phase: number;
  /** `accepted`: for now; it counts once its attempt is committed. */
  readonly status: 'accepted' | 'rejected' | 'ignored';
  /** Why not, for one that is not accepted: a code of docs/protocol.md. */
  readonly code?: string;
  readonly reason?: string;
}

/** What has become of an attempt at a round to which the client has reported. */
export interface ClientCommit {
  readonly client: string;
  readonly run: string;
  readonly round: number;
  readonly attempt: number;
  /** `committed`: the round counts. `unknown`: the coordinator cannot say any more. */
  readonly status: 'committed' | 'abandoned' | 'unknown';
  /** The phases in which this client's update counts; none unless it is committed. */
  readonly counted: readonly number[];
}

export interface ClientOptions {
  /** `ws://` or `wss://`. */
  readonly url: string;
  /** Its name in the population; null asks for any that is free. */
  readonly clientId: string | null;
  /** The type of what `load` gives; it is checked against the plan. */
  readonly dataType: Type;
  /** The data of the client of that name; asked for at each piece of work, so cache it where it is expensive. */
  readonly load: (client: string) => Value | Promise<Value>;
  /** Runs the plan's graphs; it stays the caller's to dispose of. */
  readonly engine: Engine;
  /** Plans loaded on that engine, shared by the clients of a process. Default: a cache of its own. */
  readonly plans?: PlanCache;
  readonly token?: string;
  /** The run that it takes part in, by its name. Default: any that has a place for it, and no other after that one. */
  readonly run?: string;
  /** Plan hashes (SHA-256, hex) that the client agrees to run. Default: any. */
  readonly pins?: readonly string[];
  /**
   * Where it keeps what a plan has it keep from round to round. Default: in memory, so that it is lost with the
   * process.
   */
  readonly keep?: ClientStateStore;
  readonly backOff?: BackOff;
  /** How long it continues trying without ever reaching a coordinator, milliseconds. Default: without end. */
  readonly giveUpMs?: number;
  /** Makes sockets; `createClient` of the Node entry takes `ws`. */
  readonly connect: Connect;
  /** Called with each update that has arrived; what it throws is logged. */
  readonly onAck?: (ack: ClientAck) => void;
  /**
   * Called at most once for each attempt that the client has reported to: not for one of which nothing more is heard
   * (see `unknown`). What it throws is logged.
   */
  readonly onCommit?: (commit: ClientCommit) => void;
  /** Default: silent. */
  readonly logger?: ClientLogger;
  /** Uniform in [0, 1), for the jitter of the back-off. Default `Math.random`. */
  readonly random?: () => number;
}
