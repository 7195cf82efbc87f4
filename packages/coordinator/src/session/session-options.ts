// The options of a session of the `websocket` runtime: where it listens, whom it lets in, and how long it waits.
import type { Engine } from '@starling/compute';
import type { Logger } from 'pino';
import type { CoordinatorServer } from '../server/coordinator-server.js';
import type { TlsOptions } from '../server/http.js';
import type { ServerLimits } from '../server/limits.js';
import type { ServerMetrics } from '../server/server-metrics.js';

/** Clients that were started for a session, and are stopped with it. */
export interface LaunchedClients {
  stop(): Promise<void>;
}

export interface WebSocketRuntimeOptions {
  /**
   * A server that outlives the session, as `createCoordinatorServer` makes one; it hosts any number of them at once,
   * and has its own `port`, `host`, `token`, `tls`, `heartbeatMs`, `handshakeMs`, `clientTokens`, `limits`,
   * `allowOrigins` and `watchPort`, so that these may not be given too. Default: a new one, which is closed with the
   * session.
   */
  readonly server?: CoordinatorServer;
  /**
   * Names the run to clients before its first phase does, so that they can ask for it: `run` of `runRounds`. Default:
   * it has its name from its first phase on.
   */
  readonly runName?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** How long a phase waits for its cohort, milliseconds. Default 60,000. */
  readonly deadlineMs?: number;
  /**
   * Accepted updates below which a deadline is extended; the whole cohort, where that is smaller. Whether a round fails
   * that ends with few is for `minReports` of the round loop. Default 1.
   */
  readonly extendBelow?: number;
  /**
   * How often a deadline with too few reports is extended; then the phase ends with what it has. Default: without end.
   */
  readonly maxExtensions?: number;
  /**
   * The greatest L2 norm that a client's value for a mean may have: of each `mean` of the plan, over all its leaves and
   * without the weight. Beyond it an update is refused (`norm-too-large`). Default: any.
   */
  readonly maxUpdateNorm?: number;
  /** The greatest weight of a client in a mean; beyond it an update is refused (`weight-too-large`). Default: any. */
  readonly maxWeight?: number;
  /** Clients that must be ready before the first phase begins. Default 1. */
  readonly minClients?: number;
  /** A secret that joining clients must know. Default: none is asked for. */
  readonly token?: string;
  /** A file with the hashes of a token for each client, which is read again when it changes; see the server's. */
  readonly clientTokens?: string;
  readonly tls?: TlsOptions;
  /** Between pings; three without an answer end a socket. Default 15,000. */
  readonly heartbeatMs?: number;
  /** From `hello` to `ready`, the plan's download included. Default 60,000. */
  readonly handshakeMs?: number;
  /** What anyone may take of the server. Default of `connections`: two for each client, and 1,000; see the server's. */
  readonly limits?: Partial<ServerLimits>;
  /** Origins of web pages that may join, such as `https://lab.example`; `*` for any. Default: none. */
  readonly allowOrigins?: readonly string[];
  /** A port that serves `/healthz`, `/readyz` and `/metrics` alone, in plain HTTP; 0 takes any. Default: none. */
  readonly watchPort?: number;
  /**
   * How long a name that `any` client was given stays its own after a cut. Default: the deadline, at least a minute.
   */
  readonly reserveMs?: number;
  /**
   * How long a session whose run is over waits for clients that had joined, were cut off and are not back, to tell
   * them, milliseconds; it ends as soon as all have heard, and without any at once. Default 2,000. One whose run was
   * over before, which knows nobody, answers all who come for as long; by default not at all.
   */
  readonly farewellMs?: number;
  /** Runs operators of `federatedAggregate`. Default: a new ONNX engine. */
  readonly engine?: Engine;
  /**
   * Starts clients once the server listens at `url`; opening then waits for `minClients` of them. `starling simulate
   * --runtime websocket` starts processes.
   */
  readonly launchClients?: (url: string) => Promise<LaunchedClients> | LaunchedClients;
  /** Default: silent. */
  readonly logger?: Logger;
  /** Default: the server's. */
  readonly metrics?: ServerMetrics;
  /** Aborting it makes a session's end tell clients to come back later, rather than that the run is over. */
  readonly signal?: AbortSignal;
  /** Called with where the server listens, once it does. */
  readonly onListen?: (server: { readonly url: string; readonly port: number }) => void;
}
