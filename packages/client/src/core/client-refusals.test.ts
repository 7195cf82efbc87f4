// What a client makes of a refusal: it comes back when it is told to, or it ends for good, by its own rules, the
// coordinator's word, or since the coordinator breaks the protocol.
import { float32, sequence } from '@starling/federated-core';
import { encodeMessage } from '@starling/wire';
import { describe, expect, test, vi } from 'vitest';
import {
  admit,
  broadcast,
  client,
  coordinator,
  hash,
  manifest,
  start,
  teach,
  welcome,
  work,
} from '../testing/echo-plan.js';
import type { ScriptedLine } from '../testing/scripted-coordinator.js';
import type { ClientOptions } from './client-options.js';
import { createSharedBodies } from './shared-bodies.js';

describe('createClientOn', () => {
  test('`createClientOn` comes back when the coordinator says, and no sooner', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const first = await start({ clientId: null, giveUpMs: 1000 }); // what it is told to wait is no silence
      await first.next('hello');
      first.say('error', { code: 'no-free-client', reason: 'all taken', returnMs: 30_000 });
      first.cut();
      const joins = coordinator.accept();
      let isBack = false;
      joins.then(() => (isBack = true));
      await vi.advanceTimersByTimeAsync(29_999);
      expect(isBack).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      await admit(await joins);
    } finally {
      vi.useRealTimers();
    }
  });

  test.each<[string, Partial<ClientOptions>, (line: ScriptedLine) => Promise<void>]>([
    [
      'plan-not-pinned',
      { pins: ['0'.repeat(64)] },
      async (line) => {
        await admit(line);
        expect((await line.next('leave')).control).toMatchObject({ code: 'plan-not-pinned' });
      },
    ],
    [
      'type-mismatch',
      { dataType: sequence(float32()) },
      async (line) => {
        await admit(line);
        await line.next('want');
        line.sayBody('blob', { hash }, manifest);
        expect((await line.next('leave')).control).toMatchObject({ code: 'type-mismatch' });
      },
    ],
    [
      'blob-bad-hash',
      {},
      async (line) => {
        await admit(line);
        await line.next('want');
        const changed = manifest.slice();
        changed[10] = 0;
        line.sayBody('blob', { hash }, changed);
      },
    ],
    [
      'blob-bad-hash',
      {},
      async (line) => {
        await admit(line);
        await teach(line);
        line.sayBody('work', { ...work, broadcast: '0'.repeat(64) }, broadcast);
      },
    ],
    [
      'body-too-big',
      {},
      async (line) => {
        await admit(line);
        await teach(line);
        line.sayBody('work', work, new Uint8Array(100_000));
      },
    ],
    [
      'unknown-blob',
      {},
      async (line) => {
        await admit(line);
        await line.next('want');
        line.sayBody('blob', { hash: '0'.repeat(64) }, manifest);
      },
    ],
    [
      'client-failed',
      {
        plans: {
          load: () => Promise.reject(new Error('the engine takes no such model')),
          inTurn: (task) => task(),
          partialBlobs: new Map(),
          broadcasts: createSharedBodies(),
          dispose: async () => {},
        },
      },
      async (line) => {
        await admit(line);
        expect((await line.next('leave')).control).toMatchObject({ code: 'client-failed' });
      },
    ],
    [
      'unauthorized',
      {},
      async (line) => {
        await line.next('hello');
        line.say('error', { code: 'unauthorized', reason: 'no' });
        line.cut();
      },
    ],
    [
      'replaced',
      {},
      async (line) => {
        await admit(line);
        line.say('error', { code: 'replaced', reason: 'another' });
        line.cut();
      },
    ],
    [
      'unexpected-message',
      {},
      async (line) => {
        await line.next('hello');
        line.say('ack', { run: 'one', round: 1, attempt: 1, phase: 0, status: 'accepted' });
      },
    ],
    [
      'unsupported-version',
      {},
      async (line) => {
        const { versions } = (await line.next('hello')).control;
        expect(versions).toEqual({ lowest: 2, highest: 2 });
        line.say('error', { code: 'unsupported-version', reason: '', versions: { lowest: 3, highest: 4 } });
        line.cut();
      },
    ],
    [
      'unsupported-version',
      {},
      async (line) => {
        await line.next('hello');
        line.say('welcome', { ...welcome('mote-1'), version: 3 });
        expect((await line.next('leave')).control).toMatchObject({ code: 'unsupported-version' });
      },
    ],
    [
      'unsupported-version',
      {},
      async (line) => {
        await admit(line);
        line.sayRaw(encodeMessage('bye', { reason: 'in another version than was agreed' }, 3));
      },
    ],
    ['frame-not-binary', {}, async (line) => line.sayRaw(null)],
    ['frame-bad-magic', {}, async (line) => line.sayRaw(new Uint8Array(40))],
  ])(
    '`createClientOn` ends with %s when the coordinator or its own rules say so (%#)',
    async (code, options, play) => {
      await play(await start(options));
      await expect(client.finished).rejects.toMatchObject({ code });
    },
  );

  test('`createClientOn` says which end is to be upgraded when they have no version in common', async () => {
    const line = await start();
    await line.next('hello');
    line.say('error', { code: 'unsupported-version', reason: '', versions: { lowest: 3, highest: 4 } });
    line.cut();
    await expect(client.finished).rejects.toThrow(
      "Cannot take part as 'mote-1': the coordinator speaks versions 3 to 4 of the protocol, the client version 2: " +
        'upgrade the client',
    );
  });

  test('`createClientOn` throws when the URL is not one of a socket', () => {
    expect(() => start({ url: 'http://coordinator:7700' })).toThrow(RangeError);
  });
});
