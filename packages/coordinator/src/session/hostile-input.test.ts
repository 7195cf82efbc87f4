// Whatever arrives on a socket, it ends that socket at most, with an error frame; the coordinator continues.
import { connect, type Socket } from 'node:net';
import { encodeFrame, encodeMessage, isWireCode } from '@starling/wire';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answer, open, plan, sums, update } from '../testing/open-session.js';
import { joinAs, type ScriptedClient, scriptedClient } from '../testing/scripted-client.js';

describe('websocketRuntime under hostile input', () => {
  const head = (type: Parameters<typeof encodeFrame>[0]['type'], control: unknown, total: number) =>
    encodeFrame({ type, control: new TextEncoder().encode(JSON.stringify(control)), stream: 1, total });
  const at = { run: 'one', round: 5, attempt: 1, phase: 0, broadcast: 'f'.repeat(64) };
  const versionNine = encodeMessage('hello', { client: null }, 9);

  test.each<[string, number, (client: ScriptedClient) => void]>([
    ['frame-not-binary', 4400, (client) => client.sendRaw('hello')],
    ['frame-too-short', 4400, (client) => client.sendRaw(new Uint8Array(3))],
    ['frame-bad-magic', 4400, (client) => client.sendRaw(new Uint8Array(64))],
    ['unsupported-version', 4406, (client) => client.sendRaw(versionNine)],
    [
      'control-bad-json',
      4400,
      (client) => client.sendRaw(encodeFrame({ type: 'hello', control: Uint8Array.of(1) })),
    ],
    ['control-invalid', 4400, (client) => client.send('hello', { client: '' })],
    ['unknown-client', 4403, (client) => client.send('hello', { client: 'client-9' })],
    ['unexpected-message', 4422, (client) => client.send('ready', { plan: plan.hash })],
    ['unexpected-message', 4422, (client) => client.sendRaw(head('blob', { hash: plan.hash }, 1e9))],
    [
      'frame-too-big',
      4413,
      (client) => client.sendRaw(encodeFrame({ type: 'part', part: new Uint8Array(300_000) })),
    ],
  ])('`websocketRuntime` answers %s and closes that socket alone (%#)', async (code, closeCode, attack) => {
    const { url, run, metrics } = await open();
    const good = await joinAs(url, 'client-0');
    const bad = await scriptedClient(url);
    attack(bad);
    expect((await bad.next('error')).control).toMatchObject({ code });
    expect(await bad.closed).toBe(closeCode);
    expect(metrics.get('starling_wire_errors_total')).toBe(1);
    const running = run([0]);
    await answer(good, update(1, 2));
    expect(sums(await running)).toEqual([1, 2]);
  });

  test.each<[string, (client: ScriptedClient) => void]>([
    ['body-too-big', (client) => client.sendRaw(head('update', at, 1e9))],
    ['unknown-blob', (client) => client.send('want', { blobs: [{ hash: 'f'.repeat(64), from: 0 }] })],
    ['unexpected-message', (client) => client.send('hello', { client: 'client-1' })],
    [
      'too-many-messages',
      (client) => {
        for (let count = 0; count <= 200; count++) client.send('failed', { ...at, code: 'x', reason: '' });
      },
    ],
  ])('`websocketRuntime` answers %s to a client that is ready (%#)', async (code, attack) => {
    const { url, metrics } = await open();
    const bad = await joinAs(url, 'client-0');
    while (metrics.get('starling_clients') === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    attack(bad);
    expect((await bad.next('error')).control).toMatchObject({ code });
  });

  test('`websocketRuntime` closes a socket with 1009 when a message is far too long', async () => {
    const { url, metrics } = await open();
    const bad = await joinAs(url, 'client-0');
    bad.sendRaw(new Uint8Array(2_000_000));
    expect(await bad.closed).toBe(1009);
    expect(metrics.get('starling_refused_total', { reason: 'bad-websocket' })).toBe(1);
  });

  test('`websocketRuntime` answers random bytes with a documented code and continues (property)', async () => {
    const { url, run } = await open();
    const good = await joinAs(url, 'client-0');
    const hello = encodeMessage('hello', { client: 'client-1' });
    const spoiltHello = fc
      .tuple(
        fc.nat({ max: hello.length - 1 }),
        fc.integer({ min: 0, max: 255 }),
        fc.nat({ max: hello.length }),
      )
      .map(([position, value, keep]) => {
        const bytes = hello.slice();
        bytes[position] = value;
        return bytes.subarray(0, keep);
      });
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(spoiltHello, fc.uint8Array({ maxLength: 200 })), { minLength: 1, maxLength: 5 }),
        async (messages) => {
          const bad = await scriptedClient(url);
          for (const message of messages) bad.sendRaw(message);
          bad.socket.close();
          await bad.closed;
          for (const message of bad.heard()) {
            if (message.type === 'error') expect(isWireCode(message.control.code)).toBe(true);
          }
        },
      ),
      { numRuns: 60 },
    );
    const running = run([0]);
    await answer(good, update(1, 2));
    expect(sums(await running)).toEqual([1, 2]);
  });

  test.each([
    'GET toString HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET /__proto__ HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
    'POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: nonsense\r\nConnection: Upgrade\r\n\r\n',
    '\u0000\u0001\u0002 nothing of the kind \r\n\r\n',
  ])('`websocketRuntime` continues serving when a connection says %j', async (request) => {
    const { url } = await open();
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.on('data', () => socket.end());
    socket.end(request);
    await new Promise((resolve) => socket.once('close', resolve));
    expect((await fetch(`${url.replace('ws', 'http')}/healthz`)).status).toBe(200);
    const client = await joinAs(url, 'client-0');
    expect(client.socket.readyState).toBe(client.socket.OPEN);
  });

  test.each([
    ['unmasked', 1002, Uint8Array.of(0x82, 0x01, 0x00)],
    ['of an unknown opcode', 1002, Uint8Array.of(0x8b, 0x80, 0, 0, 0, 0)],
    ['with reserved bits', 1002, Uint8Array.of(0xf2, 0x80, 0, 0, 0, 0)],
    ['that claims 2^62 bytes', 4413, Uint8Array.of(0x82, 0xff, 0x40, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4)],
  ])(
    '`websocketRuntime` closes the socket alone when a WebSocket frame is %s',
    async (_, closeCode, bytes) => {
      const { url, run } = await open();
      const good = await joinAs(url, 'client-0');
      const bad = await scriptedClient(url);
      (bad.socket as unknown as { readonly _socket: Socket })._socket.write(bytes); // below the client's own framing
      expect(await bad.closed).toBe(closeCode);
      const running = run([0]);
      await answer(good, update(1, 2));
      expect(sums(await running)).toEqual([1, 2]);
    },
  );
});
