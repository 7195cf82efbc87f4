// Two ends of which one is of version 1 of the protocol: the other is told, in a way that it understands, which of them
// is to be upgraded. The frames of version 1 are kept in wire-independent-client/version-1.json, as the code of that
// version and its Python client wrote them.
import { readFileSync } from 'node:fs';
import { createClient, startClients } from '@starling/client';
import { websocketRuntime } from '@starling/coordinator';
import { uniformSampler } from '@starling/population';
import { runRounds } from '@starling/runtime';
import { createEngine } from '@starling/runtime/engines';
import { describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { driftingThreshold, sensors } from './support/drifting-threshold.js';

const kept = JSON.parse(
  readFileSync(new URL('./wire-independent-client/version-1.json', import.meta.url), 'utf8'),
) as Readonly<Record<'python' | 'starling' | 'coordinator', Readonly<Record<string, string>>>>;
const bytesOf = (hex: string): Uint8Array => Buffer.from(hex, 'hex');

const population = sensors(2);
const clients = [0, 1];

/** What comes back when a client of version 1 sends these frames: the frames, and the close code. */
async function sayTo(url: string, ...hex: readonly string[]) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  const frames: Buffer[] = [];
  socket.on('message', (data) => void frames.push(data as Buffer));
  socket.on('open', () => {
    for (const each of hex) socket.send(bytesOf(each));
  });
  const closeCode = await new Promise<number>((resolve) => socket.on('close', resolve));
  return { frames, closeCode };
}

/** A frame as a reader of version 1 takes it, which refuses all others. */
function readAsVersion1(frame: Buffer): { readonly type: number; readonly control: unknown } {
  const zeros = [frame.readUInt16LE(6), frame.readUInt32LE(28)];
  expect({ magic: frame.toString('latin1', 0, 4), version: frame[4], zeros }).toEqual({
    magic: 'STRL',
    version: 1,
    zeros: [0, 0],
  });
  const [controlLength, partLength] = [frame.readUInt32LE(8), frame.readUInt32LE(12)];
  expect(frame.length).toBe(32 + controlLength + partLength);
  return { type: frame[5]!, control: JSON.parse(frame.toString('utf8', 32, 32 + controlLength)) };
}

describe('a client of version 1', () => {
  test.each(['python', 'starling'] as const)(
    'of %s is told to be upgraded, while others work',
    async (whose) => {
      const { hello, want, ready, update } = kept[whose] as Readonly<Record<string, string>>;
      let answered: Awaited<ReturnType<typeof sayTo>> | null = null;
      const runtime = websocketRuntime({
        extendBelow: 2,
        launchClients: async (url) => {
          answered = await sayTo(url, hello!, want!, ready!, update!);
          const running = await startClients({ url, population, clients });
          return { stop: async () => void (await running.finished) };
        },
      });
      const run = { process: driftingThreshold(), runtime, population, rounds: 1, seed: 3 };
      const { rounds } = await runRounds({ ...run, sampler: uniformSampler({ cohortSize: 2 }) });
      expect(rounds).toBe(1);
      const { frames, closeCode } = answered!;
      expect(frames.map(readAsVersion1)).toEqual([
        {
          type: 12, // `error`
          control: {
            code: 'unsupported-version',
            reason:
              'Cannot join: the coordinator speaks version 2 of the protocol, the client version 1: upgrade the client',
            versions: { lowest: 2, highest: 2 },
          },
        },
      ]);
      expect(closeCode).toBe(4406);
    },
  );
});

describe('a coordinator of version 1', () => {
  test('makes our client end, and say that the coordinator is to be upgraded', async () => {
    const server = new WebSocketServer({ port: 0 });
    server.on('connection', (socket) =>
      socket.once('message', () => {
        socket.send(bytesOf(kept.coordinator['error']!));
        socket.close(4406, 'unsupported-version');
      }),
    );
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { readonly port: number };
    const engine = await createEngine('onnx');
    const client = createClient({
      url: `ws://127.0.0.1:${port}`,
      clientId: population.clientId(0),
      dataType: population.dataType,
      load: () => population.load(0),
      engine,
    });
    await expect(client.finished).rejects.toMatchObject({
      code: 'unsupported-version',
      message: expect.stringMatching(
        /: the coordinator speaks version 1 of the protocol, the client version 2: upgrade the coordinator$/,
      ),
    });
    await engine.dispose();
    await new Promise((resolve) => server.close(resolve));
  });
});
