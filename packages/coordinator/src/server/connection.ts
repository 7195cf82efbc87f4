// One socket, seen from the coordinator: a conversation in named states. It reads frames, puts messages together,
// refuses what does not belong to its state (`conversationStates`), and tells its handlers the rest. Whatever goes
// wrong here ends this socket alone, with an error frame that says why. It is long because a conversation has many ways
// to end, and each must be seen next to the state that it ends.
import type { Socket } from 'node:net';
import {
  type Control,
  type ControlMessage,
  type ConversationState,
  checkTurn,
  commonVersion,
  createAssembler,
  decodeFrame,
  defaultLimits,
  encodeMessage,
  isMessage,
  type Message,
  type PartialBody,
  passingCodes,
  spokenVersions,
  type VersionRange,
  versionsApart,
  type WireCode,
  WireError,
} from '@starling/wire';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import { bodyMemory } from '../bodies/body-memory.js';
import type { PlanOffer } from '../bodies/plan-offer.js';
import { type Arrivals, createArrivals } from './arrivals.js';
import { type BlobQueue, createBlobQueue } from './blob-queue.js';
import type { ServerLimits } from './limits.js';
import { createOutbox, type Outbox } from './outbox.js';
import type { Refusals } from './refusals.js';
import type { Returns } from './returns.js';
import type { ServerMetrics } from './server-metrics.js';

/** What the server that the socket came to does with it. */
export interface Door {
  /** Seats the socket at a client of a run, or gives `null` if it has said goodbye instead. Throws a `WireError`. */
  hello(connection: Connection, hello: Control<'hello'>): Seat | null;
  /** How long the answer to a wrong token waits, milliseconds. */
  refusalMs(connection: Connection): number;
  /** Once, at the end, whether or not it had a seat. */
  closed(connection: Connection): void;
}

/** A place in a run. */
export interface Seat {
  readonly client: string;
  /** What the client proves later that it is the same with. */
  readonly proof: string;
  /** `null` for a run whose name is not known yet. */
  readonly run: string | null;
  readonly offer: PlanOffer;
  readonly handlers: ConnectionHandlers;
}

/** What a run does with a socket that has a seat in it. */
export interface ConnectionHandlers {
  ready(connection: Connection, ready: Control<'ready'>): void;
  /** Takes a report; gives whether it was asked for. */
  update(connection: Connection, update: Control<'update'>, body: Uint8Array): boolean;
  failed(connection: Connection, failed: Control<'failed'>): boolean;
  /** What an earlier socket of this client left of a body. */
  resume(connection: Connection, message: ControlMessage): PartialBody | null;
  /** The client says that it will not be back; `closed` follows. */
  left(connection: Connection): void;
  /**
   * Once, at the end. `comesBack`: it was cut, without a close of WebSocket's, or ended for a reason that passes;
   * `unfinished`: bodies that were on their way.
   */
  closed(
    connection: Connection,
    end: { readonly comesBack: boolean; readonly unfinished: readonly PartialBody[] },
  ): void;
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  /** What it runs on. */
  readonly stream: Socket;
  /** Of the other end. */
  readonly address: string;
  readonly heartbeatMs: number;
  readonly handshakeMs: number;
  /** How long it may take to say `hello`. */
  readonly greetingMs: number;
  readonly limits: ServerLimits;
  readonly logger: Logger;
  readonly metrics: ServerMetrics;
  readonly refusals: Refusals;
  /** Of clients that found no place. */
  readonly returns: Returns;
  readonly door: Door;
}

/** How long a socket that is being closed may take over it. */
const CLOSE_MS = 1000;
/** What may come from a socket that is being closed, bytes: what was on its way, and not a flood. */
const MAX_BYTES_AFTER_END = 1024 * 1024;
/** The code that `ws` gives to a socket that was cut (RFC 6455, section 7.1.5). */
const CUT = 1006;
/** Pings in a row that may stay without an answer. */
const MAX_MISSED_PINGS = 3;

/** Ends that are nobody's fault: a client came back before its cut was noticed, or all must go. */
const notFaults: ReadonlySet<WireCode> = new Set(['replaced', 'shutting-down']);
/** Ends of a client that there is no place for now. */
const withoutPlace: ReadonlySet<WireCode> = new Set(['no-free-client', 'no-run']);

export class Connection {
  readonly address: string;
  readonly stream: Socket;
  state: ConversationState = 'greeting';
  /** The client that sits here; empty until `hello`. */
  client = '';
  /** The token that it came with, where each client has its own. */
  token: string | null = null;
  /** What it says that it shares with other sockets of one client; else itself. */
  device: unknown = this;
  /** What it says that it shares broadcasts with; `null` if it has each of them sent. */
  shares: string | null = null;
  /** Pieces of work that the device takes at once. */
  tasks = 1;
  #seat: Seat | null = null;
  #logger: Logger;
  /** What the conversation is in: at first that of the other end's frames, so that it can read what is said. */
  #version = spokenVersions.highest;
  #missedPings = 0;
  /** Frames that had left at the last ping. */
  #left = 0;
  /** Refused, and answered when its wait is over. */
  #isTurnedAway = false;
  /** For which it was ended, if it was by an error. */
  #endedFor: WireCode | null = null;
  #bytesAfterEnd = 0;
  /** When the latest update began to come. */
  #uploadSinceMs = 0;
  readonly #arrivals: Arrivals;
  readonly #outbox: Outbox;
  /** Of the plan that it is offered, once it has a seat. */
  #blobs: BlobQueue | null = null;
  readonly #options: ConnectionOptions;
  #handshakeTimer: NodeJS.Timeout;
  readonly #assembler = createAssembler({
    maxBodyBytes: ({ type, control }) => {
      checkTurn('coordinator', this.state, type);
      return type === 'update' ? (this.#seat!.offer.updateLimits[control.phase] ?? 0) : 0;
    },
    resume: (message) => this.#seat!.handlers.resume(this, message),
    take: bodyMemory.take,
  });

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#logger = options.logger;
    const { socket, stream, address, greetingMs, metrics, limits } = options;
    this.address = address;
    this.stream = stream;
    this.#arrivals = createArrivals(limits, () => performance.now());
    this.#outbox = createOutbox(socket, (bytes) => metrics.add('starling_sent_bytes_total', bytes));
    this.#handshakeTimer = this.#expect('hello', greetingMs);
    stream.prependListener('data', (bytes: Uint8Array) => this.#arrived(bytes)); // before `ws` reads them
    stream.setTimeout(limits.unreadMs, () => this.#checkReading());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('ping', () => this.#countControl());
    socket.on('pong', () => {
      this.#missedPings = 0;
      this.#countControl();
    });
    socket.on('error', (error: NodeJS.ErrnoException) => this.#broken(error));
    socket.on('close', (code) => this.#closed(code === CUT));
  }

  #expect(message: string, withinMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const text = `Cannot wait longer: need '${message}' within ${withinMs} ms`;
      this.fail(new WireError('handshake-timeout', text));
    }, withinMs);
  }

  /** Sends the frames of a body, shared with other sockets; `done`: they have left, or never will. */
  sendBody(frames: readonly Uint8Array[], done?: () => void): void {
    if (this.state === 'ended') {
      done?.();
      return;
    }
    // The small frame in front leaves with the next one, in one call of the system.
    this.stream.cork();
    this.#outbox.body(frames, done);
    this.stream.uncork();
  }

  /** Sends one small frame, also between those of a body. A client that reads none of them is let go. */
  answer(frame: Uint8Array): void {
    if (this.state === 'ended') return;
    this.#outbox.answer(frame);
    if (this.#outbox.answerBytes <= this.#options.limits.answerBytes) return;
    this.fail(new WireError('too-slow', 'Cannot send more: the answers before are not read'));
  }

  /** Whether a body is on its way to it. */
  get isBusy(): boolean {
    return this.#outbox.isBusy;
  }

  /** Called when no body is on its way any more; once. */
  set onIdle(idle: () => void) {
    this.#outbox.onIdle = () => {
      this.#outbox.onIdle = () => {};
      idle();
    };
  }

  /** Asks for a sign of life, or ends a socket that has given none (pong, message, bytes read) for three times. */
  ping(): void {
    if (this.state === 'ended') return;
    const { left } = this.#outbox;
    if (left > this.#left) this.#missedPings = 0; // a slow reader: the ping waits behind a body
    this.#left = left;
    if (this.#missedPings >= MAX_MISSED_PINGS) {
      this.fail(
        new WireError('heartbeat-timeout', `Cannot wait longer: ${MAX_MISSED_PINGS} pings without a pong`),
      );
    } else {
      this.#missedPings++;
      this.#options.socket.ping();
    }
  }

  /** Ends the conversation with an error frame. */
  fail(error: WireError): void {
    if (this.state === 'ended') return;
    this.#refused(error.code, error.message, !notFaults.has(error.code));
    this.#sayAndEnd(error);
  }

  #sayAndEnd(error: WireError): void {
    if (this.state === 'ended') return;
    this.#endedFor = error.code;
    const said = { code: error.code, reason: error.message };
    const versions = error.code === 'unsupported-version' ? { versions: spokenVersions } : {};
    const returns = withoutPlace.has(error.code) ? { returnMs: this.#options.returns.next() } : {};
    const frame = encodeMessage('error', { ...said, ...versions, ...returns }, this.#version);
    this.#end(frame, error.closeCode, error.code);
  }

  /** Cuts the socket without a word. */
  terminate(): void {
    this.#options.socket.terminate();
  }

  /** Ends the conversation in peace; `withinMs`: how long the client may take over closing. */
  bye(reason: string, withinMs = CLOSE_MS): void {
    if (this.state === 'ended') return;
    this.#end(encodeMessage('bye', { reason }), 1000, 'bye', withinMs);
  }

  #refused(reason: string, message: string, isFault = true): void {
    const { metrics, refusals } = this.#options;
    const { address, client } = this;
    if (isFault) metrics.add('starling_wire_errors_total');
    refusals.refuse({ reason, address, client, message, isNoFault: !isFault });
  }

  #end(lastFrame: Uint8Array, closeCode: number, reason: string, withinMs = CLOSE_MS): void {
    const { socket } = this.#options;
    this.#outbox.answer(lastFrame);
    this.state = 'ended';
    this.#outbox.stop();
    socket.close(closeCode, reason);
    setTimeout(() => socket.terminate(), withinMs).unref();
  }

  /** Ends a socket whose message, or body, is on its way for too long. */
  sweep(): void {
    if (this.state === 'ended') return;
    this.#unlessRefused(() => this.#arrivals.checkTime(this.#assembler.unfinished().length > 0));
  }

  /** Bytes of the socket, before any message is complete. */
  #arrived(bytes: Uint8Array): void {
    if (this.state === 'ended') {
      this.#bytesAfterEnd += bytes.length;
      if (this.#bytesAfterEnd > MAX_BYTES_AFTER_END) this.terminate();
      return;
    }
    const isStranger = this.state === 'greeting';
    if (this.#unlessRefused(() => this.#arrivals.bytes(bytes, isStranger))) return;
    this.#options.socket.pause(); // nothing more of it is kept
  }

  /** Fails if the check throws; gives whether it has not. */
  #unlessRefused(check: () => void): boolean {
    try {
      check();
      return true;
    } catch (error) {
      this.fail(error as WireError);
      return false;
    }
  }

  /** Nothing was written or read for a while: a fault of who asked for a blob. */
  #checkReading(): void {
    if (!this.#blobs?.isServing) return;
    this.fail(new WireError('too-slow', 'Cannot wait longer: the blob that was asked for is not read'));
  }

  /** What `ws` refuses: frames that break RFC 6455, or its limits. */
  #broken(error: NodeJS.ErrnoException): void {
    this.#logger.debug({ err: error }, 'socket error');
    if (this.state === 'ended' || !error.code?.startsWith('WS_ERR_')) return;
    this.#refused('bad-websocket', error.message);
  }

  /** A ping or a pong. */
  #countControl(): void {
    if (this.state !== 'ended') this.#unlessRefused(() => this.#arrivals.count());
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.state === 'ended' || this.#isTurnedAway) return;
    this.#missedPings = 0;
    try {
      const bytes = data as Buffer; // `ws` gives Buffers unless its binaryType is changed
      this.#options.metrics.add('starling_received_bytes_total', bytes.length);
      if (!isBinary) throw new WireError('frame-not-binary', 'Cannot read a text message: need binary ones');
      const frame = decodeFrame(bytes, this.state === 'greeting' ? null : this.#version);
      this.#version = frame.version;
      this.#arrivals.frame();
      if (frame.type === 'update') this.#uploadSinceMs = performance.now();
      if (frame.type !== 'part') this.#arrivals.count();
      const message = this.#assembler.push(frame);
      bodyMemory.frame(bytes, message?.body?.buffer === bytes.buffer);
      if (message !== null) this.#take(message);
    } catch (error) {
      if (error instanceof WireError && error.code === 'unauthorized') {
        this.#turnAway(error);
      } else if (error instanceof WireError) {
        this.fail(error);
      } else {
        this.#logger.error({ err: error }, 'a message could not be handled');
        this.fail(new WireError('internal', 'Cannot continue: the coordinator failed on this message'));
      }
    }
  }

  /** Answers a wrong token, after a while if it is not the first, and reads nothing until then. */
  #turnAway(error: WireError): void {
    const waitMs = this.#options.door.refusalMs(this);
    this.#isTurnedAway = true;
    this.#refused(error.code, error.message); // now, as it may not wait for the answer
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = setTimeout(() => this.#sayAndEnd(error), waitMs);
  }

  #take(message: Message): void {
    checkTurn('coordinator', this.state, message.type);
    if (isMessage(message, 'hello')) {
      this.#greet(message.control);
      return;
    }
    const { handlers } = this.#seat!; // in all states after `greeting`
    if (isMessage(message, 'want')) this.#blobs!.want(message.control.blobs);
    else if (isMessage(message, 'ready')) this.#becomeReady(message.control);
    else if (isMessage(message, 'update')) {
      const tookMs = performance.now() - this.#uploadSinceMs;
      this.#options.metrics.observe('starling_upload_seconds', tookMs / 1000);
      if (handlers.update(this, message.control, message.body as Uint8Array)) this.#arrivals.uncount();
    } else if (isMessage(message, 'failed')) {
      if (handlers.failed(this, message.control)) this.#arrivals.uncount();
    } else if (isMessage(message, 'leave')) this.#leave(message.control);
  }

  #greet(hello: Control<'hello'>): void {
    const { door, heartbeatMs } = this.#options;
    const { versions = { lowest: this.#version, highest: this.#version } } = hello;
    const version = agreed(versions);
    this.#version = version;
    this.device = hello.device ?? this;
    this.shares = hello.shares;
    this.tasks = hello.tasks;
    const seat = door.hello(this, hello);
    if (seat === null) return;
    const { client, proof, run, offer } = seat;
    this.#seat = seat;
    this.#blobs = createBlobQueue(offer, this.#outbox);
    this.client = client;
    this.#logger = this.#logger.child({ client: this.client });
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = this.#expect('ready', this.#options.handshakeMs);
    this.state = 'preparing';
    this.#logger.debug({ agent: hello.agent }, 'joined');
    const plan = { hash: offer.hash, name: offer.name, bytes: offer.manifestBytes };
    const { maxPartBytes: chunkBytes } = defaultLimits;
    const { maxUpdateBytes } = offer;
    this.answer(
      encodeMessage('welcome', {
        client,
        version,
        plan,
        heartbeatMs,
        chunkBytes,
        maxUpdateBytes,
        run,
        proof,
      }),
    );
  }

  #becomeReady(ready: Control<'ready'>): void {
    const { offer, handlers } = this.#seat!;
    if (ready.plan !== offer.hash) {
      throw new WireError(
        'unexpected-message',
        `Cannot take 'ready': need plan ${offer.hash}, got ${ready.plan}`,
      );
    }
    clearTimeout(this.#handshakeTimer);
    this.state = 'ready';
    handlers.ready(this, ready);
  }

  #leave({ code, reason }: Control<'leave'>): void {
    this.#logger.info({ code, reason }, 'left');
    this.#seat!.handlers.left(this);
    this.bye('goodbye');
  }

  #closed(isCut: boolean): void {
    clearTimeout(this.#handshakeTimer);
    this.state = 'ended';
    this.#outbox.stop();
    const comesBack = this.#endedFor === null ? isCut : passingCodes.has(this.#endedFor);
    this.#seat?.handlers.closed(this, { comesBack, unfinished: this.#assembler.unfinished() });
    this.#options.door.closed(this);
  }
}

/** The version that both ends talk in from here on; throws a `WireError` if they have none in common. */
function agreed(client: VersionRange): number {
  const version = commonVersion(spokenVersions, client);
  if (version !== null) return version;
  throw new WireError('unsupported-version', `Cannot join: ${versionsApart(spokenVersions, client)}`);
}
