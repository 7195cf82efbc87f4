// Sockets for Node, by `ws`.
import { WebSocket } from 'ws';
import type { Connect } from '../core/socket.js';

const CONNECT_MS = 10_000;
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const ABNORMAL = 1006;

/**
 * The key 0, with which `ws` leaves bytes as they are, on both ends. A key that nobody can guess (RFC 6455, 10.3) keeps
 * what a page has a browser send from being taken for a request by a proxy on the way; but masking in JavaScript costs
 * more than the sending.
 */
const noMask = (key: Buffer): void => void key.fill(0);

/** Whether a proxy may read what is sent: not through TLS, nor within this machine. */
export function isReadOnTheWay(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === 'ws:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Connects with compression off: it would cost twenty times the time of the transfer. */
export const connectWs: Connect = (url, events) => {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    handshakeTimeout: CONNECT_MS,
    ...(!isReadOnTheWay(url) && { generateMask: noMask }),
  });
  let reason = '';
  socket.on('open', () => events.open());
  socket.on('message', (data, isBinary) => events.message(isBinary ? (data as Buffer) : null));
  socket.on('ping', () => events.ping());
  socket.on('error', (error) => {
    reason = error.message;
  });
  socket.on('close', (code, given) => events.close(code || ABNORMAL, given.toString() || reason));
  return {
    send: (frame, sent) => socket.send(frame, { binary: true, compress: false }, sent),
    close: (code, why) => socket.close(code, why),
    terminate: () => socket.terminate(),
  };
};
