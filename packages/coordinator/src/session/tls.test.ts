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

test('`websocketRuntime` serves a renewed certificate to who connects from then on, and keeps the old one if it fails', async () => {
  const [old, next] = [selfSigned(Date.now()), selfSigned(Date.now())];
  let asked = 0;
  const renewed = () => {
    asked++;
    if (asked === 1) throw new Error('the files do not belong together');
    return asked === 2 ? next : null;
  };
  const { url } = await open({ tls: { ...old, renewed } });
  const joined = await connectTo(url, old.cert);
  await expect.poll(() => asked, { timeout: 4000 }).toBeGreaterThanOrEqual(3);
  await expect(connectTo(url, old.cert)).rejects.toThrow();
  const late = await connectTo(url, next.cert);
  expect(joined.readyState).toBe(WebSocket.OPEN);
  for (const socket of [joined, late]) socket.close();
});

async function connectTo(url: string, ca: string): Promise<WebSocket> {
  const socket = new WebSocket(url, { ca });
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return socket;
}
