// Sessions on a server that outlives them.
import { expect, test } from 'vitest';
import { createCoordinatorServer } from '../server/coordinator-server.js';
import { answer, closeSession, open, plan, statuses, sums, update } from '../testing/open-session.js';
import { joinAs } from '../testing/scripted-client.js';
import { namesOnly } from '../testing/sum-plan.js';
import { websocketRuntime } from './websocket-runtime.js';

test('`websocketRuntime` runs one session after the other on a server that is given, and leaves it open', async () => {
  const server = await createCoordinatorServer();
  for (const round of [1, 2]) {
    const { url, run, metrics } = await open({ server });
    expect({ url, metrics }).toEqual({ url: server.url, metrics: server.metrics });
    const running = run([0], round);
    const client = await joinAs(url, 'client-0');
    await answer(client, update(round, 0));
    expect(sums(await running)).toEqual([round, 0]);
    await closeSession();
  }
  expect(server.metrics.get('starling_joins_total')).toBe(2);
  await server.close();
});

test('`websocketRuntime` throws when a server is given and the session names another token', async () => {
  const server = await createCoordinatorServer({ token: 'a' });
  const opening = websocketRuntime({ server, token: 'b' }).open(plan, namesOnly(1));
  await expect(opening).rejects.toThrow("need 'token' of the server that is given, got another");
  await server.close();
});

test('`websocketRuntime` lets the next socket of a name work while the one that left is still closing', async () => {
  const { url, run, metrics } = await open();
  const leaving = await joinAs(url, 'client-0');
  const first = run([0], 1);
  await leaving.next('work');
  leaving.send('leave', { code: 'closed', reason: 'good night' });
  expect(statuses(await first)).toEqual(['dropped left']);
  leaving.socket.pause(); // so that it answers no close, and is cut after a second
  const next = await joinAs(url, 'client-0');
  const second = run([0], 2);
  await next.next('work');
  while (metrics.get('starling_sockets') > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  next.sendUpdate(update(3, 4));
  expect(sums(await second)).toEqual([3, 4]);
});

test('`websocketRuntime` throws when it would wait for more clients than the population has', async () => {
  const opening = open({ minClients: 5 }, 4);
  await expect(opening).rejects.toThrow(
    "Cannot wait for 5 clients (minClients): need at most the 4 of population 'names'",
  );
});
