// Clients that are away when the run is over: the session waits for those that come back, so that each hears it.
import { once } from 'node:events';
import { describe, expect, test, vi } from 'vitest';
import { answer, closeSession, open, update } from '../testing/open-session.js';
import { joinAs, scriptedClient } from '../testing/scripted-client.js';

/** Longer than any test: a session that ends has not waited for it. */
const FOR_EVER_MS = 600_000;

/** How long it may take until the session has noticed. */
const PATIENCE = { timeout: 30_000 };

/** Comes to a session that is over; gives what it hears. */
async function comeBack(url: string, client: string): Promise<string> {
  const scripted = await scriptedClient(url);
  scripted.send('hello', { client });
  const { reason } = (await scripted.next('bye')).control;
  await scripted.closed;
  return reason;
}

describe('websocketRuntime, when the run is over', () => {
  test('`websocketRuntime` stays until all that were cut off are back and have heard it', async () => {
    const { url, run, metrics } = await open({ farewellMs: FOR_EVER_MS });
    const [there, ...others] = await Promise.all([0, 1, 2].map((index) => joinAs(url, `client-${index}`)));
    const running = run([0]);
    await answer(there!, update(1, 2));
    await running;
    for (const { socket } of others) socket.terminate();
    await vi.waitFor(() => expect(metrics.get('starling_clients')).toBe(1), PATIENCE);
    let isOver = false;
    const over = closeSession().then(() => {
      isOver = true;
    });
    await there!.next('bye');
    await there!.closed;
    expect(await comeBack(url, 'client-2')).toBe('the run is over');
    expect(isOver).toBe(false); // one is still away
    expect(await comeBack(url, 'client-1')).toBe('the run is over');
    await over;
  });

  test('`websocketRuntime` waits for a client that it has let go for a reason that passes', async () => {
    const { url, run, metrics } = await open({ farewellMs: FOR_EVER_MS, heartbeatMs: 20 });
    const silent = await joinAs(url, 'client-0');
    await run([]); // else the run was over before, and all are waited for
    silent.socket.pause(); // so that it answers no ping
    const reason = 'heartbeat-timeout';
    await vi.waitFor(() => expect(metrics.get('starling_refused_total', { reason })).toBe(1), PATIENCE);
    silent.socket.resume();
    await silent.closed;
    const over = closeSession();
    expect(await comeBack(url, 'client-0')).toBe('the run is over');
    await over;
  });

  test('`websocketRuntime` ends at once when nobody is away: who left, was refused, or is there', async () => {
    const { url, run, metrics } = await open({ farewellMs: FOR_EVER_MS });
    const [gone, bad, back] = await Promise.all([0, 1, 2].map((index) => joinAs(url, `client-${index}`)));
    await run([]);
    gone!.send('leave', { code: 'closed', reason: 'enough' });
    bad!.sendRaw('text');
    back!.socket.terminate();
    await Promise.all([gone!.closed, bad!.closed, once(back!.socket, 'close')]);
    await vi.waitFor(() => expect(metrics.get('starling_clients')).toBe(0), PATIENCE);
    await joinAs(url, 'client-2', back!.proof);
    await vi.waitFor(() => expect(metrics.get('starling_clients')).toBe(1), PATIENCE);
    await closeSession();
  });

  test('`websocketRuntime` waits no longer than it is told, and not after the signal', async () => {
    for (const [farewellMs, isAborted] of [
      [50, false],
      [FOR_EVER_MS, true],
    ] as const) {
      const controller = new AbortController();
      const { url, run, metrics } = await open({ farewellMs, signal: controller.signal });
      const client = await joinAs(url, 'client-0');
      await run([]);
      client.socket.terminate();
      await vi.waitFor(() => expect(metrics.get('starling_clients')).toBe(0), PATIENCE);
      await vi.waitFor(() => expect(metrics.get('starling_sockets')).toBe(0), PATIENCE);
      const over = closeSession();
      if (isAborted) controller.abort();
      await over;
    }
  });
});
