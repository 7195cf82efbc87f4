// What clients keep, over sockets, under a death between any two steps: a row of the table is a test. A run in which
// somebody dies ends in the state, and in the chain of versions, of one in which nobody does.
// Long because it is one table, with those who die in it.
import { cp, mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Connect, connectWs, createClient, type RunningClients, startClients } from '@starling/client';
import { localComputation, tf } from '@starling/compute';
import { createOnnxEngine } from '@starling/compute/onnx';
import { websocketRuntime } from '@starling/coordinator';
import {
  atClients,
  atServer,
  federatedBroadcast,
  federatedComputation,
  federatedMap,
  federatedSum,
  federatedValue,
  float32,
  iterativeProcess,
  toValue,
} from '@starling/federated-core';
import { populationOf, uniformSampler } from '@starling/population';
import { type RunOptions, runRounds } from '@starling/runtime';
import {
  type ClientStateStore,
  memoryStore,
  type OpenClientStates,
  type OpenRun,
  type RunStore,
} from '@starling/store';
import { directoryClientStates, directoryStore } from '@starling/store/directory';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../support/free-port.js';

const CLIENTS = 3;
const population = populationOf(
  Array.from({ length: CLIENTS }, (_, index) => toValue(float32(), index + 1)),
  float32(),
);
const step = localComputation(
  { kept: float32(), value: float32(), model: float32() },
  ({ kept, value, model }) => tf.add(tf.mul(kept, 0.5), tf.add(value, tf.mul(model, 0.1))),
);
const add = localComputation({ a: float32(), b: float32() }, ({ a, b }) => tf.add(a, b));

function keeping(whenLost: 'restart' | 'sit-out' = 'restart') {
  return iterativeProcess(
    {
      initialize: federatedComputation(null, () => federatedValue(0, 'SERVER', float32())),
      initializeClient: federatedComputation(null, () => federatedValue(1, 'CLIENTS', float32())),
      next: federatedComputation(
        { state: atServer(float32()), clientState: atClients(float32()), value: atClients(float32()) },
        ({ state, clientState, value }) => {
          const sum = federatedSum(federatedMap(add, { a: clientState, b: value }));
          return {
            state: federatedMap(add, { a: state, b: sum }),
            clientState: federatedMap(step, { kept: clientState, value, model: federatedBroadcast(state) }),
            metrics: sum,
          };
        },
      ),
    },
    { whenLost },
  );
}

let folder = '';
let port = 0;
const running: RunningClients[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'starling-kept-'));
  port = await freePort();
});
afterEach(async () => {
  for (const clients of running.splice(0)) await clients.close();
  await rm(folder, { recursive: true, force: true });
});

/** A process of its own each time, of which all before are gone. */
const owner = () => {
  const id = Math.random().toString(36).slice(2);
  return { id, pid: 1, host: 'here', began: id, isGone: () => true };
};
const keptBy = (client: number) =>
  directoryClientStates(join(folder, `client-${client}`), { owner: owner() });

async function startClient(
  index: number,
  keep: ClientStateStore = keptBy(index),
  connect: Connect = connectWs,
) {
  const clients = await startClients({
    url: `ws://127.0.0.1:${port}`,
    population,
    clients: [index],
    keep,
    connect,
    backOff: { baseMs: 5, maxMs: 20 },
  });
  running.push(clients);
  return clients;
}

async function run(store: RunStore, options: Partial<RunOptions> = {}) {
  const restarted: string[] = [];
  const codes: string[] = [];
  const result = await runRounds({
    process: keeping(),
    population,
    runtime: websocketRuntime({ port, deadlineMs: 30_000, minClients: CLIENTS, extendBelow: CLIENTS }),
    sampler: uniformSampler({ cohortSize: CLIENTS }),
    rounds: 4,
    seed: 1,
    run: 'one',
    store,
    onDamage: () => {},
    onRound: ({ reports }) => {
      for (const report of reports) {
        if (report.status !== 'accepted') codes.push(report.code);
        else if (report.restarted) restarted.push(report.client);
      }
    },
    ...options,
  } as RunOptions);
  const { commits } = await store.read('one');
  const chain = commits.map(({ clientVersions }) => clientVersions?.chain);
  return { ended: { stateHash: result.stateHash, chain }, restarted, codes };
}

/** Nobody dies. */
async function whole() {
  const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, index) => startClient(index)));
  const { ended } = await run(memoryStore());
  for (const each of clients) await each.finished;
  await rm(folder, { recursive: true });
  port = await freePort();
  return ended;
}

const never = <T>(): Promise<T> => new Promise(() => {});

/** The moments at which a client can die, around what it keeps. */
type Moment =
  | 'before its state is written'
  | 'before its state is synced'
  | 'before its update is sent'
  | 'after its update is sent';

/** A client that dies once, in the round of its `occasion`-th write: no call of it returns, and its socket is cut. */
function mortal(store: ClientStateStore, moment: Moment, occasion: number, onDeath: () => void) {
  let isDead = false;
  let isDying = false;
  let writes = 0;
  const sockets = new Set<{ terminate(): void }>();
  const die = (): void => {
    isDead = true;
    for (const socket of sockets) socket.terminate();
    onDeath();
  };
  const connect: Connect = (url, events) => {
    if (isDead) return { send: () => {}, close: () => {}, terminate: () => {} };
    const socket = connectWs(url, events);
    sockets.add(socket);
    return {
      ...socket,
      send(frame) {
        socket.send(frame);
        if (isDying && moment === 'after its update is sent') setImmediate(die);
      },
    };
  };
  const alive = <T>(call: () => Promise<T>): Promise<T> => (isDead ? never<T>() : call());
  const keep: ClientStateStore = {
    name: store.name,
    async open(name) {
      const states = await store.open(name);
      return {
        ...states,
        read: (...of) => alive(() => states.read(...of)),
        settle: (...of) => alive(() => states.settle(...of)),
        async write(...of) {
          isDying = ++writes === occasion;
          if (isDying && moment === 'before its state is written') die();
          return alive(() => states.write(...of));
        },
        async sync() {
          if (isDying && moment === 'before its state is synced') die();
          await alive(() => states.sync());
          if (isDying && moment === 'before its update is sent') die();
          return alive(async () => {});
        },
      } satisfies OpenClientStates;
    },
  };
  return { keep, connect };
}

/** A store whose process dies once at a call, before or after it has done its work. */
class Death extends Error {}
function mortalStore(
  store: RunStore,
  call: 'begin' | 'commit',
  when: 'before' | 'after',
  round: number,
): RunStore {
  let hasDied = false;
  return {
    ...store,
    async open(name): Promise<OpenRun> {
      const open = await store.open(name);
      return {
        ...open,
        async [call](of: never) {
          const isNow = !hasDied && (of as { readonly round: number }).round === round;
          if (isNow) hasDied = true;
          if (isNow && when === 'before') throw new Death();
          await (open[call] as (given: never) => Promise<void>)(of);
          if (isNow) throw new Death();
        },
      };
    },
  };
}

describe('what clients keep over sockets', () => {
  test.each<[string, 'begin' | 'commit', 'before' | 'after', number]>([
    ['before an attempt is durable', 'begin', 'before', 1],
    ['between an attempt and its first work', 'begin', 'after', 1],
    ['between the last update and the commit', 'commit', 'before', 1],
    ['between the commit and its message', 'commit', 'after', 1],
    ['between two checkpoints', 'commit', 'before', 2],
  ])('is the same when the coordinator dies %s', async (_, call, when, checkpointEvery) => {
    const expected = await whole();
    for (let index = 0; index < CLIENTS; index++) await startClient(index);
    const inner = memoryStore();
    const store = mortalStore(inner, call, when, 3);
    await expect(run(store, { checkpointEvery })).rejects.toBeInstanceOf(Death);
    const { ended, restarted } = await run(inner, { checkpointEvery });
    expect(ended).toEqual(expected);
    expect(restarted).toEqual([]);
  });

  test.each<Moment>([
    'before its state is written',
    'before its state is synced',
    'before its update is sent',
    'after its update is sent',
  ])('is the same when a client dies %s', async (moment) => {
    const expected = await whole();
    for (let index = 1; index < CLIENTS; index++) await startClient(index);
    let deaths = 0;
    // Another process takes its folder, and comes under its name within the deadline.
    const { keep, connect } = mortal(keptBy(0), moment, 2, () => {
      deaths++;
      void startClient(0);
    });
    await startClient(0, keep, connect);
    running.pop(); // the dead are not waited for
    const { ended, restarted, codes } = await run(memoryStore());
    expect([deaths, restarted, codes]).toEqual([1, [], []]);
    expect(ended).toEqual(expected);
  });

  test('is what it was in the older round when the newest checkpoint is damaged', async () => {
    const expected = await whole();
    for (let index = 0; index < CLIENTS; index++) await startClient(index);
    const at = join(folder, 'run');
    const controller = new AbortController();
    await run(directoryStore(at), {
      signal: controller.signal,
      onRound: ({ round }) => void (round === 3 && controller.abort()),
    });
    await truncate(join(at, 'round-00000003.safetensors'), 10);
    const { ended, restarted } = await run(directoryStore(at));
    expect([ended, restarted]).toEqual([expected, []]);
  });

  /** Stops after two rounds, has something happen to the first client, and goes on with the others as they were. */
  async function interrupted(
    happens: () => Promise<ClientStateStore>,
    options: Partial<RunOptions> = {},
    onRound: (round: number) => Promise<void> = async () => {},
  ) {
    for (let index = 1; index < CLIENTS; index++) await startClient(index);
    const first = await startClient(0);
    const store = memoryStore();
    const controller = new AbortController();
    await run(store, {
      ...options,
      signal: controller.signal,
      async onRound({ round }) {
        await onRound(round);
        if (round === 2) controller.abort();
      },
    });
    await first.close();
    await startClient(0, await happens());
    return run(store, options);
  }
  const lost = population.clientId(0);

  test('begins anew, and is named, when a client comes with an empty disk', async () => {
    const expected = await whole();
    const { ended, restarted } = await interrupted(async () => {
      await rm(join(folder, 'client-0'), { recursive: true });
      return keptBy(0);
    });
    expect(restarted).toEqual([lost]);
    expect(ended.chain.slice(0, 2)).toEqual(expected.chain.slice(0, 2));
    expect(ended.chain[2]).not.toBe(expected.chain[2]);
  });

  test('begins anew when a client comes with a backup of an earlier round', async () => {
    const backup = join(folder, 'backup');
    const { restarted } = await interrupted(
      async () => {
        await rm(join(folder, 'client-0'), { recursive: true });
        await cp(backup, join(folder, 'client-0'), { recursive: true });
        return keptBy(0);
      },
      {},
      async (round) => {
        if (round === 1) await cp(join(folder, 'client-0'), backup, { recursive: true });
      },
    );
    expect(restarted).toEqual([lost]);
  });

  test('begins anew when another device comes under the name of a client', async () => {
    const { restarted } = await interrupted(async () => directoryClientStates(join(folder, 'other device')));
    expect(restarted).toEqual([lost]);
  });

  test('sits out when a client has lost its state and the process says so', async () => {
    const { restarted, codes } = await interrupted(
      async () => directoryClientStates(join(folder, 'new disk')),
      { process: keeping('sit-out') },
    );
    expect([restarted, codes]).toEqual([[], ['state-lost', 'state-lost']]); // in rounds 3 and 4
  });

  test('is refused to a second process when one has the folder', async () => {
    const keep = directoryClientStates(join(folder, 'client-0'));
    const open = await keep.open('one');
    for (let index = 1; index < CLIENTS; index++) await startClient(index);
    const second = await startClient(0, directoryClientStates(join(folder, 'client-0')));
    const controller = new AbortController();
    const ending = run(memoryStore(), { signal: controller.signal });
    await expect(second.finished).rejects.toMatchObject({ code: 'store-locked' });
    controller.abort();
    await ending.catch(() => {});
    await open.close();
  });

  test('is for its client to read, also after the run has ended', async () => {
    for (let index = 1; index < CLIENTS; index++) await startClient(index);
    const client = createClient({
      url: `ws://127.0.0.1:${port}`,
      clientId: population.clientId(0),
      dataType: float32(),
      load: () => population.load(0),
      engine: await createOnnxEngine(),
      keep: join(folder, 'own'),
      backOff: { baseMs: 5, maxMs: 20 },
    });
    expect(await client.keptValue('one')).toBeNull();
    const { ended } = await run(memoryStore(), { rounds: 2 });
    await client.finished;
    expect(ended.chain).toHaveLength(2);
    // 1 · 0.5 + 1 + 0 = 1.5 in round 1; the model is then 3 first states and 1 + 2 + 3 = 9: 0.75 + 1 + 0.9 = 2.65.
    const { data } = (await client.keptValue('one')) as { readonly data: Float32Array };
    expect(data[0]).toBeCloseTo(2.65, 5);
    expect(await client.keptValue('another')).toBeNull();
  });
});
