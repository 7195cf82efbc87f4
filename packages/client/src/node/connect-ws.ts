// Sockets for Node, by `ws`.
import { WebSocket } from 'ws';
import type { Connect } from '../core/socket.js';

const CONNECT_MS = 10_000;
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const ABNORMAL = 1006;

/** Connects with compression off: it would cost twenty times the time of the transfer. */
export const connectWs: Connect = (url, events) => {
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_PAYLOAD_BYTES,
    handshakeTimeout: CONNECT_MS,
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
    send: (frame) => socket.send(frame, { binary: true, compress: false }),
    close: (code, why) => socket.close(code, why),
    terminate: () => socket.terminate(),
  };
};
