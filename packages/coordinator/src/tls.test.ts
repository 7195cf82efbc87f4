// The TLS options of the websocket runtime, on a certificate made for the test.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { open } from './testing/open-session.js';

/** A key and a certificate for 127.0.0.1, made for this test alone. */
function selfSigned(): { readonly key: string; readonly cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'starling-tls-'));
  const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  execFileSync(
    'openssl',
    ['req', '-x509', ...curve, '-keyout', key, '-out', cert, '-days', '2', ...subject],
    {
      stdio: 'ignore',
    },
  );
  const pair = { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  rmSync(directory, { recursive: true });
  return pair;
}

// Without openssl on the machine there is no certificate to serve.
const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

it.skipIf(!hasOpenssl)(
  '`websocketRuntime` serves wss:// and https:// when it has a key and a certificate',
  async () => {
    const tls = selfSigned();
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
  },
);
