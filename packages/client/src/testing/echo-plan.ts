// A plan without graphs for tests of the client, and a client that talks to a scripted coordinator.
import type { Engine } from '@starling/compute';
import { float32, struct, tensor } from '@starling/federated-core';
import type { RoundPlan } from '@starling/federated-core/plan';
import { encodePlan } from '@starling/plan';
import { encodeLeaves, sha256Hex } from '@starling/plan/safetensors';
import { afterEach, expect } from 'vitest';
import { type Client, createClientOn } from '../core/client.js';
import type { ClientOptions } from '../core/client-options.js';
import { type ScriptedCoordinator, type ScriptedLine, scriptedCoordinator } from './scripted-coordinator.js';

/** The work sends the broadcast and the client's own number; no graph is needed. */
const plan: RoundPlan<string> = {
  name: 'echo',
  serverInput: struct({ sent: float32(100) }),
  clientInput: struct({ x: float32() }),
  phases: [
    {
      prepare: { inputs: 1, instructions: [], outputs: [0] },
      broadcast: float32(100),
      selections: [],
      work: { inputs: 2, instructions: [], outputs: [0, 1] },
      aggregations: [
        { kind: 'sum', update: float32(100), result: float32(100) },
        { kind: 'sum', update: float32(), result: float32() },
      ],
    },
  ],
  apply: { inputs: 3, instructions: [], outputs: [2] },
  result: float32(),
  laneSize: 1,
};
export const { hash, manifest } = encodePlan({ plan, graphs: new Map() });
export const engine: Engine = {
  name: 'onnx',
  needs: 'onnx',
  description: 'none',
  load: () => Promise.reject(new Error('the plan has no graph')),
  dispose: async () => {},
};
export const broadcast = encodeLeaves([
  tensor(
    'float32',
    [100],
    Float32Array.from({ length: 100 }, (_, index) => index),
  ),
]);
export const work = {
  run: 'one',
  round: 3,
  attempt: 1,
  phase: 0,
  seed: [1, 2] as [number, number],
  deadlineMs: 1000,
  broadcast: sha256Hex(broadcast),
  received: 0,
};
/** A plan as it is offered. */
export interface Offered {
  readonly hash: string;
  readonly manifest: Uint8Array;
}
const echo: Offered = { hash, manifest };
export const welcome = (client: string, offered: Offered = echo) => ({
  client,
  version: 2,
  plan: { hash: offered.hash, name: 'echo', bytes: offered.manifest.length },
  heartbeatMs: 100,
  chunkBytes: 262_144,
  maxUpdateBytes: 10_000,
});

/** Those of the test at hand, after `start`. */
export let coordinator: ScriptedCoordinator;
export let client: Client;
afterEach(() => client?.close());

/** Starts a client, and takes its first connection. */
export function start(options: Partial<ClientOptions> = {}): Promise<ScriptedLine> {
  coordinator = scriptedCoordinator();
  client = createClientOn({
    url: 'ws://nowhere',
    clientId: 'mote-1',
    dataType: struct({ x: float32() }),
    load: () => ({ x: tensor('float32', [], Float32Array.of(7)) }),
    engine,
    connect: coordinator.connect,
    backOff: { baseMs: 4, maxMs: 8 },
    ...options,
  });
  return coordinator.accept();
}

/** Answers `hello` with `welcome`. */
export async function admit(line: ScriptedLine, name = 'mote-1', offered = echo) {
  const hello = await line.next('hello');
  line.say('welcome', welcome(name, offered));
  return hello;
}

/** Takes it from there to `ready`, with the plan. */
export async function teach(line: ScriptedLine, { hash, manifest } = echo) {
  const want = await line.next('want');
  expect(want.control).toEqual({ blobs: [{ hash, from: 0 }] });
  line.sayBody('blob', { hash }, manifest);
  return line.next('ready');
}
