// One socket, seen from the coordinator: a conversation in named states. It reads frames, puts messages together,
// refuses what does not belong to its state (`conversationStates`), and tells its handlers the rest. Whatever goes
// wrong here ends this socket alone, with an error frame that says why.
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
  spokenVersions,
  type VersionRange,
  versionsApart,
  type WireCode,
  WireError,
} from '@starling/wire';
import type { Logger } from 'pino';
import type { RawData, WebSocket } from 'ws';
import type { PlanOffer } from '../bodies/plan-offer.js';
import type { ServerMetrics } from './server-metrics.js';

export interface ConnectionHandlers {
  /**
   * Seats the socket at a client; gives the client's name, or `null` if it has said goodbye instead. Throws a
   * `WireError`.
   */
  hello(connection: Connection, hello: Control<'hello'>): string | null;
  ready(connection: Connection, ready: Control<'ready'>): void;
  /** Takes a report; gives whether it was asked for. */
  update(connection: Connection, update: Control<'update'>, body: Uint8Array): boolean;
  failed(connection: Connection, failed: Control<'failed'>): boolean;
  /** What an earlier socket of this client left of a body. */
  resume(connection: Connection, message: ControlMessage): PartialBody | null;
  /** The client says that it will not be back; `closed` follows. */
  left(connection: Connection): void;
  /** Once, at the end. `isCut`: without a close of WebSocket's; `unfinished`: bodies that were on their way. */
  closed(
    connection: Connection,
    end: { readonly isCut: boolean; readonly unfinished: readonly PartialBody[] },
  ): void;
}

export interface ConnectionOptions {
  readonly socket: WebSocket;
  readonly offer: PlanOffer;
  readonly heartbeatMs: number;
  readonly handshakeMs: number;
  readonly logger: Logger;
  readonly metrics: ServerMetrics;
  readonly handlers: ConnectionHandlers;
}

/** Messages a client has a use for. Parts of bodies and reports that were asked for are not counted. */
const MAX_MESSAGES_PER_SECOND = 200;
/** What may wait on a socket that does not read, on top of the plan itself, bytes. */
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** How long a stranger may stay silent. */
const HELLO_MS = 10_000;
/** How long a socket that is being closed may take over it. */
const CLOSE_MS = 1000;
/** The code that `ws` gives to a socket that was cut (RFC 6455, section 7.1.5). */
const CUT = 1006;
/** Pings in a row that may stay without an answer. */
const MAX_MISSED_PINGS = 3;

/** Ends that are nobody's fault: a client came back before its cut was noticed, or all must go. */
const notFaults: ReadonlySet<WireCode> = new Set(['replaced', 'shutting-down']);

export class Connection {
  state: ConversationState = 'greeting';
  /** The client that sits here; empty until `hello`. */
  client = '';
  #logger: Logger;
  /** What the conversation is in: at first that of the other end's frames, so that it can read what is said. */
  #version = spokenVersions.highest;
  #missedPings = 0;
  #waitingBytes = 0;
  #second = { startMs: 0, messages: 0 };
  readonly #options: ConnectionOptions;
  #handshakeTimer: NodeJS.Timeout;
  readonly #assembler = createAssembler({
    maxBodyBytes: ({ type, control }) => {
      checkTurn('coordinator', this.state, type);
      return type === 'update' ? (this.#options.offer.updateLimits[control.phase] ?? 0) : 0;
    },
    resume: (message) => this.#options.handlers.resume(this, message),
  });

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#logger = options.logger;
    const { socket, handshakeMs } = options;
    this.#handshakeTimer = this.#expect('hello', Math.min(HELLO_MS, handshakeMs));
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('pong', () => {
      this.#missedPings = 0;
    });
    socket.on('error', (error) => this.#logger.debug({ err: error }, 'socket error'));
    socket.on('close', (code) => this.#closed(code === CUT));
  }

  #expect(message: string, withinMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const text = `Cannot wait longer: need '${message}' within ${withinMs} ms`;
      this.fail(new WireError('handshake-timeout', text));
    }, withinMs);
  }

  /** Sends frames that may be shared with other sockets; `done` is called once they have left, or never will. */
  send(frames: readonly Uint8Array[], done?: () => void): void {
    if (this.state === 'ended' || frames.length === 0) {
      done?.();
      return;
    }
    for (const [index, frame] of frames.entries()) {
      this.#options.metrics.add('starling_sent_bytes_total', frame.length);
      const last = index === frames.length - 1;
      this.#options.socket.send(frame, { binary: true, compress: false }, last ? done : undefined);
    }
  }

  /** Asks for a sign of life, or ends a socket that has given none (pong, message, bytes read) for three times. */
  ping(): void {
    if (this.state === 'ended') return;
    const waitingBytes = this.#options.socket.bufferedAmount;
    if (waitingBytes < this.#waitingBytes) this.#missedPings = 0; // a slow reader: the ping waits behind a body
    this.#waitingBytes = waitingBytes;
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
    const isFault = !notFaults.has(error.code);
    if (isFault) this.#options.metrics.add('starling_wire_errors_total');
    this.#logger[isFault ? 'warn' : 'info']({ code: error.code }, error.message);
    const said = { code: error.code, reason: error.message };
    const versions = error.code === 'unsupported-version' ? { versions: spokenVersions } : {};
    const frame = encodeMessage('error', { ...said, ...versions }, this.#version);
    this.#end(frame, error.closeCode, error.code);
  }

  /** Cuts the socket without a word. */
  terminate(): void {
    this.#options.socket.terminate();
  }

  /** Ends the conversation in peace. */
  bye(reason: string): void {
    if (this.state === 'ended') return;
    this.#end(encodeMessage('bye', { reason }), 1000, 'bye');
  }

  #end(lastFrame: Uint8Array, closeCode: number, reason: string): void {
    const { socket } = this.#options;
    this.send([lastFrame]);
    this.state = 'ended';
    socket.close(closeCode, reason);
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
  }

  #receive(data: RawData, isBinary: boolean): void {
    if (this.state === 'ended') return;
    this.#missedPings = 0;
    try {
      const bytes = data as Buffer; // `ws` gives Buffers unless its binaryType is changed
      this.#options.metrics.add('starling_received_bytes_total', bytes.length);
      if (!isBinary) throw new WireError('frame-not-binary', 'Cannot read a text message: need binary ones');
      const frame = decodeFrame(bytes, this.state === 'greeting' ? null : this.#version);
      this.#version = frame.version;
      if (frame.type !== 'part') this.#count();
      const message = this.#assembler.push(frame);
      if (message !== null) this.#take(message);
    } catch (error) {
      if (error instanceof WireError) {
        this.fail(error);
      } else {
        this.#logger.error({ err: error }, 'a message could not be handled');
        this.fail(new WireError('internal', 'Cannot continue: the coordinator failed on this message'));
      }
    }
  }

  #take(message: Message): void {
    const { handlers } = this.#options;
    checkTurn('coordinator', this.state, message.type);
    if (isMessage(message, 'hello')) this.#greet(message.control);
    else if (isMessage(message, 'want')) this.#sendBlobs(message.control);
    else if (isMessage(message, 'ready')) this.#becomeReady(message.control);
    else if (isMessage(message, 'update')) {
      if (handlers.update(this, message.control, message.body as Uint8Array)) this.#second.messages--;
    } else if (isMessage(message, 'failed')) {
      if (handlers.failed(this, message.control)) this.#second.messages--;
    } else if (isMessage(message, 'leave')) this.#leave(message.control);
  }

  #greet(hello: Control<'hello'>): void {
    const { offer, handlers, heartbeatMs } = this.#options;
    const { versions = { lowest: this.#version, highest: this.#version } } = hello;
    const version = agreed(versions);
    this.#version = version;
    const client = handlers.hello(this, hello);
    if (client === null) return;
    this.client = client;
    this.#logger = this.#logger.child({ client: this.client });
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = this.#expect('ready', this.#options.handshakeMs);
    this.state = 'preparing';
    this.#logger.debug({ agent: hello.agent }, 'joined');
    const plan = { hash: offer.hash, name: offer.name, bytes: offer.manifestBytes };
    const { maxPartBytes: chunkBytes } = defaultLimits;
    this.send([
      encodeMessage('welcome', {
        client,
        version,
        plan,
        heartbeatMs,
        chunkBytes,
        maxUpdateBytes: offer.maxUpdateBytes,
      }),
    ]);
  }

  #sendBlobs({ blobs }: Control<'want'>): void {
    const { offer, socket } = this.#options;
    for (const { hash, from } of blobs) {
      const blob = offer.blobs.get(hash);
      if (blob === undefined)
        throw new WireError('unknown-blob', `Cannot send blob ${hash}: the plan names none`);
      if (socket.bufferedAmount > MAX_WAITING_BYTES + blob.bytes) {
        throw new WireError(
          'too-many-messages',
          'Cannot send more blobs: those before them are not read yet',
        );
      }
      this.send(blob.frames('blob', { hash }, from));
    }
  }

  #becomeReady(ready: Control<'ready'>): void {
    const { offer, handlers } = this.#options;
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
    this.#options.handlers.left(this);
    this.bye('goodbye');
  }

  #count(): void {
    const now = performance.now();
    if (now - this.#second.startMs >= 1000) this.#second = { startMs: now, messages: 0 };
    if (++this.#second.messages > MAX_MESSAGES_PER_SECOND) {
      throw new WireError(
        'too-many-messages',
        `Cannot take more messages: at most ${MAX_MESSAGES_PER_SECOND} a second`,
      );
    }
  }

  #closed(isCut: boolean): void {
    clearTimeout(this.#handshakeTimer);
    this.state = 'ended';
    this.#options.handlers.closed(this, { isCut, unfinished: this.#assembler.unfinished() });
  }
}

/** The version that both ends talk in from here on; throws a `WireError` if they have none in common. */
function agreed(client: VersionRange): number {
  const version = commonVersion(spokenVersions, client);
  if (version !== null) return version;
  throw new WireError('unsupported-version', `Cannot join: ${versionsApart(spokenVersions, client)}`);
}
