import { float32, struct, tensor } from '@starling/federated-core';
import { afterEach, describe, expect, test } from 'vitest';
import { broadcast, engine, hash, teach, welcome, work } from '../testing/echo-plan.js';
import {
  type ScriptedCoordinator,
  type ScriptedLine,
  scriptedCoordinator,
} from '../testing/scripted-coordinator.js';
import { createRunsClientOn, type RunsClient, type RunsClientOptions } from './runs-client.js';

/** What is waited for comes at once, unless the machine is busy. */
const PATIENCE = { timeout: 30_000 };

let coordinator: ScriptedCoordinator;
let client: RunsClient;
const changes: string[] = [];
afterEach(async () => {
  await client.close();
  changes.length = 0;
});

function start(options: Partial<RunsClientOptions> = {}): void {
  coordinator = scriptedCoordinator();
  client = createRunsClientOn({
    url: 'ws://nowhere',
    clientId: 'mote-1',
    dataType: struct({ x: float32() }),
    load: () => ({ x: tensor('float32', [], Float32Array.of(7)) }),
    engine,
    connect: coordinator.connect,
    backOff: { baseMs: 4, maxMs: 8 },
    onRun: (run, change) => void changes.push(`${change} ${run}`),
    ...options,
  });
}

/** Takes the next connection, and answers its `hello` with a place in a run. */
async function admit(run: string): Promise<{ readonly line: ScriptedLine; readonly hello: object }> {
  const line = await coordinator.accept();
  const { control } = await line.next('hello');
  line.say('welcome', { ...welcome('mote-1'), run });
  return { line, hello: control };
}

describe('createRunsClientOn', () => {
  test('`createRunsClientOn` takes part in several runs at once, and looks for those that it is not in', async () => {
    start({ tasks: 2 });
    const one = await admit('one');
    const two = await admit('two');
    const looking = await (await coordinator.accept()).next('hello');
    const { device } = one.hello as { device: string };
    expect(one.hello).toMatchObject({ apart: [], wants: null, tasks: 2 });
    expect(two.hello).toMatchObject({ apart: ['one'], device, tasks: 2 });
    expect(looking.control).toMatchObject({ apart: ['one', 'two'], device });
    expect(device).toMatch(/^[0-9a-f]{32}$/);
    expect(client.runs).toEqual(['one', 'two']);
    await teach(one.line);
    expect((await two.line.next('ready')).control).toMatchObject({ plan: hash }); // fetched once
    two.line.sayBody('work', { ...work, run: 'two' }, broadcast);
    expect((await two.line.next('update')).control).toMatchObject({ run: 'two' });
    expect(client).toMatchObject({ name: 'mote-1', state: 'ready' });
  });

  test('`createRunsClientOn` takes no more than it is to, and another once one is over', async () => {
    start({ runs: 1 });
    const one = await admit('one');
    one.line.say('bye', { reason: 'the run is over' });
    one.line.cut();
    const two = await admit('two');
    expect(two.hello).toMatchObject({ apart: [] });
    expect(changes).toEqual(['joined one', 'over one', 'joined two']);
  });

  test('`createRunsClientOn` comes back to each of its runs after a cut', async () => {
    start({ runs: 1 });
    const one = await admit('one');
    one.line.cut();
    expect((await admit('one')).hello).toMatchObject({ client: 'mote-1', run: 'one' });
    expect(changes).toEqual(['joined one']);
  });

  test('`createRunsClientOn` leaves one run, stays in the other, and does not come back', async () => {
    start({ runs: 2 });
    const one = await admit('one');
    const two = await admit('two');
    const leaving = client.leave('one');
    await one.line.next('want');
    await one.line.next('leave');
    one.line.cut();
    await leaving;
    expect(client.runs).toEqual(['two']);
    const looking = await (await coordinator.accept()).next('hello');
    expect(looking.control).toMatchObject({ apart: ['one', 'two'] });
    await teach(two.line);
  });

  test('`createRunsClientOn` stays away from a run whose plan it does not agree to', async () => {
    start({ pins: ['ab'.repeat(32)] });
    const one = await admit('one');
    expect((await one.line.next('leave')).control).toMatchObject({ code: 'plan-not-pinned' });
    one.line.cut();
    await expect.poll(() => changes, PATIENCE).toEqual(['joined one', 'refused one']);
  });

  test('`createRunsClientOn` waits where no run has a place, and ends where it is turned away for good', async () => {
    start();
    for (const code of ['no-run', 'unauthorized']) {
      const line = await coordinator.accept();
      await line.next('hello');
      line.say('error', { code, reason: 'because' });
      line.cut();
    }
    await expect(client.finished).rejects.toMatchObject({ code: 'unauthorized' });
  });

  test.each<[Partial<RunsClientOptions>, string]>([
    [{ runs: 0 }, 'runs must be a whole number'],
    [{ tasks: 1.5 }, 'tasks must be a whole number'],
    [{ onRun: 1 as never }, 'onRun must be a function'],
  ])('`createRunsClientOn` refuses %o', (wrong, words) => {
    expect(() => start(wrong)).toThrow(words);
  });
});
