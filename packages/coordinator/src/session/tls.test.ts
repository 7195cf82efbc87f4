// The TLS options of the websocket runtime, on a certificate made for the test.
import { get } from 'node:https';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { open } from '../testing/open-session.js';
import { selfSigned } from '../testing/self-signed.js';

test('`websocketRuntime` serves wss:// and https:// when it has a key and a certificate', async () => {
  const tls = selfSigned(Date.now());
  const { url } = await open({ tls });
  expect(url).toMatch(/^wss:\/\/127\.0\.0\.1:\d+$/);
  const socket = new WebSocket(url, { ca: tls.cert });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.close();
  const status = await new Promise((resolve, reject) =>
    get(`${url.replace('wss', 'https')}/healthz`, { ca: tls.cert }, ({ statusCode }) =>
      resolve(statusCode),
    ).once('error', reject),
  );
  expect(status).toBe(200);
  const stranger = new WebSocket(url); // which does not trust this certificate
  await expect(
    new Promise((resolve, reject) => stranger.once('open', resolve).once('error', reject)),
  ).rejects.toThrow();
});
