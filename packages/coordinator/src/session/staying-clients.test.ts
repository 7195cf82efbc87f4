import { tensor } from '@starling/federated-core';
import type { RuntimeSession } from '@starling/runtime';
import { isMessage } from '@starling/wire';
import { describe, expect, test } from 'vitest';
import { answer, plan, seed, sums, update } from '../testing/open-session.js';
import { joinAs } from '../testing/scripted-client.js';
import { namesOnly } from '../testing/sum-plan.js';
import { stayingClients } from './staying-clients.js';

const broadcast = [tensor('float32', [], Float32Array.of(3))];
const ask = (session: RuntimeSession) =>
  session.runPhase({ round: 1, phase: 0, seed, cohort: [0], broadcast });

describe('stayingClients', () => {
  test('keeps clients joined from one run to the next, and says goodbye once', async () => {
    const { runtime, url, close } = await stayingClients({ clients: 2 });
    const first = await runtime.open(plan, namesOnly(2));
    const client = await joinAs(url, 'client-0');
    const asked = ask(first);
    await answer(client, update(1, 2));
    expect(sums(await asked)).toEqual([1, 2]);
    await first.close(true);
    // It is joined still: only another session has it come back, for what that one offers.
    expect([client.socket.readyState, client.heard()]).toEqual([client.socket.OPEN, []]);
    const second = await runtime.open(plan, namesOnly(2));
    expect((await client.next('error')).control).toMatchObject({ code: 'shutting-down' });
    const back = await joinAs(url, 'client-0');
    const again = ask(second);
    await answer(back, update(3, 4));
    expect(sums(await again)).toEqual([3, 4]);
    await second.close(true);
    await close(true);
    expect(back.heard().filter((message) => isMessage(message, 'bye'))).toHaveLength(1);
  });

  test('opens a session only when the one before is closed', async () => {
    const { runtime, close } = await stayingClients({ clients: 2 });
    const first = await runtime.open(plan, namesOnly(2));
    let isOpen = false;
    const opening = runtime.open(plan, namesOnly(2)).then((session) => {
      isOpen = true;
      return session;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(isOpen).toBe(false);
    await first.close();
    await (await opening).close();
    await close(false);
  });

  test('waits for clients before the first run, and for those that are gone no longer than the deadline', async () => {
    const { runtime, url, close } = await stayingClients({
      clients: 2,
      minClients: 2,
      deadlineMs: 50,
      extendBelow: 1,
      maxExtensions: 2,
    });
    const first = await runtime.open(plan, namesOnly(2));
    const clients = [await joinAs(url, 'client-0'), await joinAs(url, 'client-1')];
    await first.ready!();
    await first.close(true);
    const second = await runtime.open(plan, namesOnly(2));
    for (const client of clients) await client.closed;
    // Nobody comes back: three deadlines, and then it is over.
    const { reports } = await ask(second);
    expect(reports.map(({ status }) => status)).toEqual(['dropped']);
    await second.close();
    await close(false);
  });

  test('launches clients with the first session, and stops them at the end', async () => {
    const steps: string[] = [];
    const { runtime, close } = await stayingClients({
      clients: 2,
      minClients: 0,
      launchClients: () => {
        steps.push('start');
        return { stop: async () => void steps.push('stop') };
      },
    });
    for (let run = 0; run < 2; run++) await (await runtime.open(plan, namesOnly(2))).close();
    expect(steps).toEqual(['start']);
    await close(true);
    expect(steps).toEqual(['start', 'stop']);
  });

  test('refuses a server, since it makes its own', async () => {
    await expect(stayingClients({ clients: 2, server: {} } as never)).rejects.toThrow(
      'Cannot host clients: need no server, got one',
    );
    await expect(stayingClients({ clients: 0 })).rejects.toThrow('clients');
  });
});
