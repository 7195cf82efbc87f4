import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { assert, describe, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { connectWs, isReadOnTheWay } from './connect-ws.js';

const ignored = { open() {}, message() {}, ping() {}, close() {} };

describe('connectWs', () => {
  test('`isReadOnTheWay` is false through TLS and within this machine alone', () => {
    for (const url of [
      'wss://hospital.example/c',
      'ws://localhost:8080',
      'ws://127.0.0.1:1/x',
      'ws://127.9.8.7',
      'ws://[::1]:80',
    ])
      assert.isFalse(isReadOnTheWay(url), url);
    for (const url of [
      'ws://hospital.example',
      'ws://10.0.0.1:80',
      'ws://localhost.evil.example',
      'ws://127.evil.example',
    ])
      assert.isTrue(isReadOnTheWay(url), url);
  });

  test('`connectWs` sends bytes as they are to this machine, in a frame that says it is masked', async () => {
    const seen: Buffer[] = [];
    const server = new WebSocketServer({ noServer: true });
    const http = createServer();
    http.on('upgrade', (request, socket, head) => {
      socket.on('data', (bytes: Buffer) => seen.push(bytes));
      server.handleUpgrade(request, socket, head, (peer) => peer.on('message', () => http.emit('got')));
    });
    http.listen(0, '127.0.0.1');
    await once(http, 'listening');
    const payload = Uint8Array.from({ length: 1000 }, (_, index) => index % 251);
    const socket = connectWs(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`, {
      ...ignored,
      open: () => socket.send(payload),
    });
    await once(http, 'got');
    const frame = Buffer.concat(seen);
    assert.strictEqual(frame[1]! & 0x80, 0x80); // the mask bit, which a server asks of every client
    assert.isTrue(frame.includes(Buffer.from(payload)));
    socket.terminate();
    server.close();
    http.close();
  });
});
