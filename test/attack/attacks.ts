// Attacks on a coordinator, each a way that one socket of an attacker goes; `startAttack` keeps so many of them alive.
import { type Control, encodeBodyMessage, encodeMessage, spokenVersions } from '@starling/wire';
import {
  hear,
  openRaw,
  openWebSocket,
  type RawSocket,
  rawFrame,
  type Target,
  upgradeRequest,
} from './raw-socket.js';

export interface Attack {
  /** What it does, in words. */
  readonly about: string;
  /** Whether it joins as a client that is free, which a token would prevent. */
  readonly joins: boolean;
  /** Opens one socket and does its worst, until that is closed or the signal aborts. */
  run(target: Target, signal: AbortSignal): Promise<RawSocket>;
}

const MIB = 1024 * 1024;
/** As `work` in the middle of a run has it. */
const AT = { run: 'one', round: 1, attempt: 1, phase: 0, broadcast: 'f'.repeat(64) };

const message = (bytes: Uint8Array): Buffer => rawFrame(bytes);
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Does it again and again, until the socket is closed. */
async function whileOpen(
  raw: RawSocket,
  signal: AbortSignal,
  everyMs: number,
  act: () => void,
): Promise<void> {
  while (raw.closedMs === null && !signal.aborted) {
    act();
    await pause(everyMs);
  }
}

async function greet(target: Target, hello: Partial<Control<'hello'>> = {}): Promise<RawSocket> {
  const raw = await openWebSocket(target);
  raw.socket.write(message(encodeMessage('hello', { client: null, versions: spokenVersions, ...hello })));
  return raw;
}

/** Joins as any client, and is ready if it is told to; then reads no more. */
async function join(target: Target, isReady: boolean): Promise<{ raw: RawSocket; plan: string }> {
  const raw = await openWebSocket(target);
  const welcome = hear(raw, 'welcome');
  raw.socket.write(message(encodeMessage('hello', { client: null, versions: spokenVersions })));
  const plan = ((await welcome)?.control as Control<'welcome'> | undefined)?.plan.hash ?? 'f'.repeat(64);
  if (isReady) raw.socket.write(message(encodeMessage('ready', { plan })));
  raw.socket.pause();
  return { raw, plan };
}

export const attacks = {
  silence: {
    about: 'connects, and says nothing',
    joins: false,
    run: openRaw,
  },
  'slow-header': {
    about: 'sends the header of a request, a byte at a time',
    joins: false,
    async run(target, signal) {
      const raw = await openRaw(target);
      const request = upgradeRequest(target);
      let at = 0;
      void whileOpen(raw, signal, 500, () => raw.socket.write(request[at++ % (request.length - 4)]!));
      return raw;
    },
  },
  'short-body': {
    about: 'sends the body of a POST, one byte short',
    joins: false,
    async run(target) {
      const raw = await openRaw(target);
      const { host, port } = target;
      raw.socket.write(`POST /metrics HTTP/1.1\r\nHost: ${host}:${port}\r\nContent-Length: ${MIB}\r\n\r\n`);
      raw.socket.write(Buffer.alloc(MIB - 1));
      return raw;
    },
  },
  'short-message': {
    about: 'sends a message of 1 MiB before hello, one byte short',
    joins: false,
    async run(target) {
      const raw = await openWebSocket(target);
      raw.socket.write(rawFrame(new Uint8Array(MIB - 1), { announced: MIB }));
      return raw;
    },
  },
  fragments: {
    about: 'sends a message in fragments of one byte',
    joins: false,
    async run(target, signal) {
      const raw = await openWebSocket(target);
      const more = Buffer.concat(Array(1000).fill(rawFrame(Uint8Array.of(1), { opcode: 0, isFinal: false })));
      raw.socket.write(rawFrame(Uint8Array.of(1), { isFinal: false }));
      void whileOpen(raw, signal, 20, () => {
        if (raw.socket.writableLength < MIB) raw.socket.write(more);
      });
      return raw;
    },
  },
  pings: {
    about: 'sends pings, and reads no pong',
    joins: false,
    async run(target, signal) {
      const raw = await openWebSocket(target);
      raw.socket.pause();
      const many = Buffer.concat(Array(1000).fill(rawFrame(new Uint8Array(125), { opcode: 9 })));
      void whileOpen(raw, signal, 20, () => {
        if (raw.socket.writableLength < MIB) raw.socket.write(many);
      });
      return raw;
    },
  },
  'wrong-token': {
    about: 'greets with a wrong token',
    joins: false,
    run: (target) => greet(target, { client: 'client-0', token: 'wrong' }),
  },
  'known-name': {
    about: 'greets with the name of a client that is joined',
    joins: true,
    run: (target) => greet(target, { client: 'client-0' }),
  },
  malformed: {
    about: 'sends bytes that are no message',
    joins: false,
    async run(target) {
      const raw = await openWebSocket(target);
      raw.socket.write(message(Uint8Array.from({ length: 64 }, (_, index) => index * 7)));
      return raw;
    },
  },
  'unread-wants': {
    about: 'joins, asks for the plan again and again, and reads nothing',
    joins: true,
    async run(target, signal) {
      const { raw, plan } = await join(target, false);
      const blobs = Array.from({ length: 512 }, () => ({ hash: plan, from: 0 }));
      const want = message(encodeMessage('want', { blobs }));
      void whileOpen(raw, signal, 5, () => {
        if (raw.socket.writableLength < MIB) raw.socket.write(want);
      });
      return raw;
    },
  },
  'unread-acks': {
    about: 'joins, sends reports that nobody asked for, and reads no answer',
    joins: true,
    async run(target, signal) {
      const { raw } = await join(target, true);
      let stream = 0;
      void whileOpen(raw, signal, 10, () => {
        for (let count = 0; count < 5; count++) raw.socket.write(message(encodeUpdate(++stream)));
      });
      return raw;
    },
  },
} as const satisfies Readonly<Record<string, Attack>>;

export type AttackName = keyof typeof attacks;

const BODY = new Uint8Array(8);

/** An update of a few bytes, in one frame. */
function encodeUpdate(stream: number): Uint8Array {
  return encodeBodyMessage('update', { ...AT, round: stream }, BODY, { stream })[0]!;
}

export interface RunningAttack {
  /** How long each socket that is closed lived, milliseconds. */
  readonly lives: readonly number[];
  /** Sockets that are open now. */
  readonly open: number;
  /** Stops it; gives how long its oldest socket has lived, milliseconds. */
  stop(): Promise<number>;
}

/** Keeps so many sockets at it: one that is closed is opened anew. */
export function startAttack(attack: Attack, target: Target, sockets: number): RunningAttack {
  const controller = new AbortController();
  const lives: number[] = [];
  const open = new Set<RawSocket>();

  async function attacker(): Promise<void> {
    while (!controller.signal.aborted) {
      const raw = await attack.run(target, controller.signal);
      open.add(raw);
      if (controller.signal.aborted) raw.socket.destroy();
      await raw.closed;
      open.delete(raw);
      lives.push(raw.closedMs! - raw.openedMs);
      await pause(10);
    }
  }
  const ended = Promise.all(Array.from({ length: sockets }, attacker));
  return {
    lives,
    get open() {
      return open.size;
    },
    async stop() {
      controller.abort();
      const now = performance.now();
      const oldest = [...lives, ...[...open].map(({ openedMs }) => now - openedMs)];
      for (const { socket } of open) socket.destroy();
      await ended;
      return oldest.reduce((most, each) => Math.max(most, each), 0);
    },
  };
}
