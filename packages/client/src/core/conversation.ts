// One socket, seen from the client: a conversation in named states (`conversationStates`), from `hello` to its end.
// What must outlive the socket is in the client's memory; whether there is a next socket is the client's business.
// Long because its states share what they know of the socket.
import { StarlingError, type Type, type Value } from '@starling/federated-core';
import {
  type Control,
  type ControlMessage,
  type ConversationState,
  checkTurn,
  commonVersion,
  createAssembler,
  decodeFrame,
  encodeMessage,
  isMessage,
  type Message,
  type PartialBody,
  spokenVersions,
  versionsApart,
  type WireCode,
  WireError,
} from '@starling/wire';
import { createBlobFetcher } from './blob-fetcher.js';
import { bodyMemory } from './body-memory.js';
import type { ClientOptions } from './client-options.js';
import type { Keeper } from './keeper.js';
import type { ClientLogger } from './logger.js';
import type { ClientCounts, ClientMemory } from './memory.js';
import type { LoadedPlan, PlanCache } from './plan-cache.js';
import { createReports } from './reports.js';
import type { ClientSocket, Connect } from './socket.js';
import { createWorker, type Worker } from './worker.js';

/** How a conversation ended. */
export type ConversationEnd =
  /** The run is over. */
  | { readonly kind: 'bye'; readonly reason: string }
  /** The coordinator, or this client, will not continue for this reason; the one may say when to come back. */
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string; readonly returnMs?: number }
  /** The connection broke, or was never made. */
  | { readonly kind: 'cut'; readonly reason: string };

export interface ConversationOptions extends Pick<ClientOptions, 'onAck' | 'onCommit'> {
  readonly url: string;
  readonly connect: Connect;
  readonly memory: ClientMemory;
  readonly keeper: Keeper;
  readonly counts: ClientCounts;
  readonly plans: PlanCache;
  readonly dataType: Type;
  readonly dataTypeText: string;
  readonly load: (client: string) => Value | Promise<Value>;
  readonly token?: string;
  /** Plan hashes that the client agrees to run; any where it is left out. */
  readonly pins?: readonly string[];
  /** The run that it asks for; any where it is left out. */
  readonly run?: string;
  /** Of a client that takes part in several. */
  readonly several?: OneOfSeveral;
  readonly logger: ClientLogger;
}

/** A socket of a client that has others, each in a run of its own. */
export interface OneOfSeveral {
  /** The same for all of them. */
  readonly device: string;
  /** Pieces of work that they take together at once. */
  readonly tasks: number;
  /** Runs that this one is not for. */
  apart(): readonly string[];
  /** It has a place in a run; `null`: in one whose name it has not heard. */
  joined(run: string | null): void;
}

export interface Conversation {
  readonly state: ConversationState;
  /** Whether the connection was ever made. */
  readonly wasOpen: boolean;
  /** Whether it ever came to `ready`. */
  readonly wasReady: boolean;
  readonly end: Promise<ConversationEnd>;
  /** Says that the client will not be back, and closes. */
  leave(code: string, reason: string): void;
}

/** Runs that the protocol lets it name; the latest are those that matter. */
const MAX_APART = 64;
const AGENT = 'starling-client/0.1.0';
/** How long it may take to answer `hello`: as long as it gives a client by default. */
const WELCOME_MS = 60_000;
/** How long the coordinator may take over closing. */
const CLOSE_MS = 1000;
/** Heartbeats that may fail to come before the coordinator counts as gone. */
const MAX_MISSED_HEARTBEATS = 3;

export function converse(options: ConversationOptions): Conversation {
  const { memory, counts, plans } = options;
  let logger = options.logger;
  let state: ConversationState = 'connecting';
  /** What the coordinator chose; its frames may be of any until then. */
  let version: number | null = null;
  let plan: LoadedPlan | null = null;
  let worker: Worker | null = null;
  let heartbeatMs = 0;
  let wasOpen = false;
  let wasReady = false;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let greeting: ReturnType<typeof setTimeout> | undefined;
  let parting: ReturnType<typeof setTimeout> | undefined;
  let verdict: ConversationEnd | null = null;
  /** Ends what it has begun: to bring a broadcast, also to other clients of this process. */
  let brings: (() => void) | null = null;
  let finish!: (end: ConversationEnd) => void;
  const end = new Promise<ConversationEnd>((resolve) => {
    finish = resolve;
  });

  const blobs = createBlobFetcher(
    (wanted) => send(encodeMessage('want', { blobs: [...wanted] })),
    plans.partialBlobs,
  );
  const reports = createReports(memory, counts, options, () => logger);
  const assembler = createAssembler({ maxBodyBytes, resume, take: bodyMemory.take });
  const socket: ClientSocket = options.connect(options.url, {
    open() {
      state = 'greeting';
      wasOpen = true;
      greeting = setTimeout(() => socket.terminate(), WELCOME_MS);
      const { token, dataTypeText, several } = options;
      const { run, awaited, proof } = memory;
      const awaits = awaited && { run: awaited.run, round: awaited.round, attempt: awaited.attempt };
      const hello = {
        client: memory.name,
        dataType: dataTypeText.length <= 10_000 ? dataTypeText : null,
        ...(token !== undefined && { token }),
        agent: AGENT,
        versions: spokenVersions,
        run,
        awaits,
        proof,
        wants: options.run ?? null,
        shares: plans.broadcasts.id,
        ...(several !== undefined && {
          ...{ device: several.device, tasks: several.tasks },
          apart: several.apart().slice(-MAX_APART),
        }),
      };
      // In the frames of the oldest version, so that a coordinator that speaks no later one can read it.
      send(encodeMessage('hello', hello, spokenVersions.lowest));
    },
    message: receive,
    ping: () => expectHeartbeat(),
    close(code, reason) {
      clearTimeout(greeting);
      clearTimeout(silence);
      clearTimeout(parting);
      state = 'ended';
      keepUnfinished();
      bringsNoMore();
      blobs.cancel(new Error(`the socket closed with ${code}`));
      finish(verdict ?? { kind: 'cut', reason: `${code} ${reason}`.trim() });
    },
  });

  function send(frame: Uint8Array, sent?: () => void): void {
    if (state !== 'ended') socket.send(frame, sent);
  }

  function leave(code: string, reason: string): void {
    if (state === 'ended') return;
    verdict ??= { kind: 'refused', code, reason };
    // Once `hello` is said the name is taken, or will be: without a word it would stay so for a while.
    if (state !== 'connecting') send(encodeMessage('leave', { code, reason }));
    state = 'ended';
    socket.close(1000, code);
    parting = setTimeout(() => socket.terminate(), CLOSE_MS);
  }

  /** The coordinator broke the protocol, or this client cannot run its plan: there is nothing to say but goodbye. */
  function abandon(error: unknown): void {
    if (state === 'ended') return;
    const code = error instanceof StarlingError ? error.code : 'client-failed';
    logger.error({ err: error }, 'the conversation cannot continue');
    leave(code, error instanceof Error ? error.message : String(error));
  }

  function bringsNoMore(): void {
    brings?.();
    brings = null;
  }

  function expectHeartbeat(): void {
    clearTimeout(silence);
    if (heartbeatMs > 0) silence = setTimeout(() => socket.terminate(), heartbeatMs * MAX_MISSED_HEARTBEATS);
  }

  function maxBodyBytes({ type, control }: ControlMessage): number {
    checkTurn('client', state, type);
    if (type === 'blob') return blobs.expectedBytes(control.hash);
    if (type === 'work') {
      brings ??= plans.broadcasts.begun(control.broadcast);
      return plan!.maxBroadcastBytes(control.phase);
    }
    if (type === 'slices') return plan!.maxSlicesBytes(control.phase);
    return 0;
  }

  function resume(message: ControlMessage): PartialBody | null {
    if (message.type === 'blob') {
      const held = plans.partialBlobs.get(message.control.hash) ?? null;
      plans.partialBlobs.delete(message.control.hash); // two sockets must never write into one buffer
      return held;
    }
    if (message.type === 'slices') {
      const held = memory.slices;
      return held?.message.type === 'slices' && held.message.control.hash === message.control.hash
        ? held
        : null;
    }
    const held = memory.broadcast;
    if (message.type !== 'work' || held?.message.type !== 'work') return null;
    if (held.message.control.broadcast !== message.control.broadcast) return null;
    // What is complete other clients read, too (`broadcasts`), and what comes is written where it lies.
    return held.received < held.bytes.length ? held : { ...held, bytes: held.bytes.slice() };
  }

  function keepUnfinished(): void {
    for (const partial of assembler.unfinished()) {
      if (partial.message.type === 'work') memory.broadcast = partial;
      if (partial.message.type === 'slices') memory.slices = partial;
      if (partial.message.type === 'blob') plans.partialBlobs.set(partial.message.control.hash, partial);
    }
  }

  function receive(bytes: Uint8Array | null): void {
    if (state === 'ended') return;
    if (silence !== undefined) expectHeartbeat(); // a ping may wait behind a body
    try {
      if (bytes === null)
        throw new WireError('frame-not-binary', 'Cannot read a text message: need binary ones');
      const frame = decodeFrame(bytes, version);
      const message = assembler.push(frame);
      bodyMemory.frame(bytes, message?.body?.buffer === bytes.buffer);
      if (message !== null) take(message, frame.version);
    } catch (error) {
      abandon(error);
    }
  }

  function take(message: Message, frameVersion: number): void {
    checkTurn('client', state, message.type);
    if (isMessage(message, 'error')) refused(message.control, frameVersion);
    else if (isMessage(message, 'bye')) {
      verdict ??= { kind: 'bye', reason: message.control.reason }; // and the coordinator closes
    } else if (isMessage(message, 'welcome')) prepare(message.control).catch(abandon);
    else if (isMessage(message, 'blob')) blobs.arrived(message.control.hash, message.body as Uint8Array);
    else if (isMessage(message, 'slices')) worker!.slices(message.control, message.body as Uint8Array);
    else if (isMessage(message, 'work')) {
      worker!.work(message.control, message.body);
      if (message.body !== null) bringsNoMore();
    } else if (isMessage(message, 'ack')) reports.acknowledged(message.control);
    else if (isMessage(message, 'commit')) reports.committed(message.control);
  }

  function refused(
    { code, reason: said, versions, returnMs = 0 }: Control<'error'>,
    frameVersion: number,
  ): void {
    // One that is older than this client does not know how to say what it speaks, but answers in it.
    const coordinator = versions ?? { lowest: frameVersion, highest: frameVersion };
    const reason =
      code === ('unsupported-version' satisfies WireCode) ? versionsApart(coordinator, spokenVersions) : said;
    logger.warn({ code }, reason);
    verdict ??= { kind: 'refused', code, reason, returnMs };
  }

  async function prepare(welcome: Control<'welcome'>): Promise<void> {
    const chosen = { lowest: welcome.version, highest: welcome.version };
    version = commonVersion(spokenVersions, chosen);
    if (version === null) {
      return leave('unsupported-version' satisfies WireCode, versionsApart(chosen, spokenVersions));
    }
    state = 'preparing';
    clearTimeout(greeting);
    memory.name = welcome.client;
    memory.proof = welcome.proof;
    memory.run = welcome.run ?? memory.run;
    options.several?.joined(welcome.run);
    logger = logger.child({ client: welcome.client });
    heartbeatMs = welcome.heartbeatMs;
    const { hash, bytes } = welcome.plan;
    if (options.pins !== undefined && !options.pins.includes(hash)) {
      const reason = `plan ${hash} is not among the ${options.pins.length} that this client agrees to run`;
      return leave('plan-not-pinned' satisfies WireCode, reason);
    }
    try {
      plan = await plans.load({ hash, bytes }, (wanted) => blobs.fetch(wanted));
    } catch (error) {
      if ((state as ConversationState) === 'ended') return; // cut meanwhile: the next socket tries again
      throw error;
    }
    if ((state as ConversationState) === 'ended') return;
    let argument: ReturnType<LoadedPlan['argument']>;
    try {
      argument = plan.argument(options.dataType);
    } catch (error) {
      return leave('type-mismatch' satisfies WireCode, (error as Error).message);
    }
    memory.stateType = plan.stateType;
    const { load } = options;
    const { client } = welcome;
    const { inTurn, broadcasts } = plans;
    worker = createWorker({
      client,
      plan,
      argument,
      load,
      inTurn,
      broadcasts,
      memory,
      keeper: options.keeper,
      counts,
      reports,
      send,
      onFault: abandon,
      logger,
    });
    state = 'ready';
    wasReady = true;
    const held = memory.broadcast;
    const partial =
      held?.message.type === 'work' ? { hash: held.message.control.broadcast, from: held.received } : null;
    const sliced = memory.slices;
    const slices =
      sliced?.message.type === 'slices' ? { hash: sliced.message.control.hash, from: sliced.received } : null;
    send(encodeMessage('ready', { plan: hash, partial, slices }));
    logger.debug({ plan: hash }, 'ready');
  }

  return {
    get state() {
      return state;
    },
    get wasOpen() {
      return wasOpen;
    },
    get wasReady() {
      return wasReady;
    },
    end,
    leave,
  };
}
