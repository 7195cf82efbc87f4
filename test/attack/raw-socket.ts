// A WebSocket below its rules, for attackers: handshakes, frames and silences byte by byte, by RFC 6455.
import { connect, type Socket } from 'node:net';
import { createAssembler, decodeFrame, isMessage, type Message } from '@starling/wire';

export interface RawSocket {
  readonly socket: Socket;
  /** When it was opened, and closed: milliseconds. */
  readonly openedMs: number;
  closedMs: number | null;
  readonly closed: Promise<void>;
}

/** Where a coordinator listens. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Where it is connected from: any address of 127.0.0.0/8 is this machine. Default: the usual one. */
  readonly localAddress?: string;
}

export function targetOf(url: string): Target {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

/** A connection that says nothing yet. */
export async function openRaw({ host, port, localAddress }: Target): Promise<RawSocket> {
  const socket = connect({ host, port, ...(localAddress !== undefined && { localAddress }) });
  socket.on('error', () => {});
  socket.resume(); // one that is not read does not know when it is closed
  const raw: RawSocket = {
    socket,
    openedMs: performance.now(),
    closedMs: null,
    closed: new Promise((resolve) =>
      socket.once('close', () => {
        raw.closedMs = performance.now();
        resolve();
      }),
    ),
  };
  await Promise.race([new Promise<void>((resolve) => socket.once('connect', resolve)), raw.closed]);
  return raw;
}

/** The request of a WebSocket's handshake, with more lines if there are any. */
export function upgradeRequest({ host, port }: Target, more: readonly string[] = []): string {
  return [
    'GET / HTTP/1.1',
    `Host: ${host}:${port}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
    'Sec-WebSocket-Version: 13',
    ...more,
    '\r\n',
  ].join('\r\n');
}

/** A connection whose handshake as a WebSocket is done; what the server says after it is read, and dropped. */
export async function openWebSocket(target: Target): Promise<RawSocket> {
  const raw = await openRaw(target);
  raw.socket.write(upgradeRequest(target));
  await Promise.race([new Promise<void>((resolve) => raw.socket.once('data', () => resolve())), raw.closed]);
  raw.socket.resume();
  return raw;
}

const MASK_BYTES = 4;

/**
 * One masked frame; its mask is zero. `announced`: the length in its header, if that is not the payload's. `opcode`: by
 * default binary.
 */
export function rawFrame(
  payload: Uint8Array,
  { opcode = 2, isFinal = true, announced = payload.length } = {},
): Buffer {
  const extended = announced < 126 ? 0 : announced < 65_536 ? 2 : 8;
  const start = 2 + extended + MASK_BYTES;
  const bytes = Buffer.alloc(start + payload.length);
  bytes[0] = (isFinal ? 0x80 : 0) | opcode;
  bytes[1] = 0x80 | (extended === 0 ? announced : extended === 2 ? 126 : 127);
  if (extended === 2) bytes.writeUInt16BE(announced, 2);
  if (extended === 8) bytes.writeBigUInt64BE(BigInt(announced), 2);
  bytes.set(payload, start);
  return bytes;
}

/** The messages in what a server has sent after its handshake. */
export function messagesIn(bytes: Buffer): readonly Message[] {
  const assembler = createAssembler();
  const messages: Message[] = [];
  for (let at = 0; at + 2 <= bytes.length; ) {
    const length = bytes[at + 1]! & 0x7f;
    const extended = length === 126 ? 2 : length === 127 ? 8 : 0;
    const size =
      extended === 0
        ? length
        : extended === 2
          ? bytes.readUInt16BE(at + 2)
          : Number(bytes.readBigUInt64BE(at + 2));
    const start = at + 2 + extended;
    if (start + size > bytes.length) break;
    if ((bytes[at]! & 0x0f) === 2) {
      const message = assembler.push(decodeFrame(bytes.subarray(start, start + size), null));
      if (message !== null) messages.push(message);
    }
    at = start + size;
  }
  return messages;
}

/** The next message of a type on a WebSocket, if it comes before the end. */
export async function hear(raw: RawSocket, type: 'welcome' | 'error'): Promise<Message | null> {
  let heard = Buffer.alloc(0);
  return new Promise((resolve) => {
    const onData = (data: Buffer): void => {
      heard = Buffer.concat([heard, data]);
      const message = messagesIn(heard).find((each) => isMessage(each, type));
      if (message === undefined) return;
      raw.socket.off('data', onData);
      resolve(message);
    };
    raw.socket.on('data', onData);
    raw.closed.then(() => resolve(null));
  });
}
