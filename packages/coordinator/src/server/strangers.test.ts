import { EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { createRefusals } from './refusals.js';
import { createServerMetrics } from './server-metrics.js';
import { createStrangers } from './strangers.js';

let port = 0;
/** A socket as far as it is asked, which closes when it is destroyed. */
function socketFrom(address: string) {
  const socket = Object.assign(new EventEmitter(), {
    remoteAddress: address,
    remotePort: ++port,
    isClosed: false,
    destroy() {
      socket.isClosed = true;
      socket.emit('close');
    },
  });
  return socket;
}
const asSocket = (socket: ReturnType<typeof socketFrom>) => socket as unknown as Socket;

function strangersOf(limits: { connections?: number; connectionsPerAddress?: number }) {
  const clock = { ms: 0 };
  const metrics = createServerMetrics();
  const strangers = createStrangers({
    limits: { connections: 3, connectionsPerAddress: 100, strangerMs: 1000, ...limits },
    refusals: createRefusals(pino({ level: 'silent' }), metrics),
    now: () => clock.ms,
  });
  const connect = (address: string) => {
    const socket = socketFrom(address);
    strangers.connected(asSocket(socket));
    return socket;
  };
  return { clock, metrics, strangers, connect };
}

describe('createStrangers', () => {
  test('`createStrangers` lets go who has waited longest, of the address with most', () => {
    const { connect, metrics } = strangersOf({});
    const sockets = ['b', 'a', 'a', 'c'].map(connect);
    expect(sockets.map(({ isClosed }) => isClosed)).toEqual([false, true, false, false]);
    expect(metrics.get('starling_refused_total', { reason: 'no-room' })).toBe(1);
  });

  test('`createStrangers` never lets go who has joined, and refuses the newest if all have', () => {
    const { connect, strangers } = strangersOf({});
    const joined = ['a', 'a', 'a'].map(connect);
    for (const socket of joined) strangers.joined(asSocket(socket));
    const newest = connect('b');
    expect([...joined, newest].map(({ isClosed }) => isClosed)).toEqual([false, false, false, true]);
    joined[0]!.destroy();
    expect(connect('b').isClosed).toBe(false);
  });

  test('`createStrangers` counts what is open of an address, joined or not', () => {
    const { connect, strangers } = strangersOf({ connections: 10, connectionsPerAddress: 2 });
    const [first] = ['a', 'a', 'b'].map(connect);
    strangers.joined(asSocket(first!));
    expect(connect('a').isClosed).toBe(true);
    first!.destroy();
    expect(connect('a').isClosed).toBe(false);
  });

  test('`createStrangers` ends who is no client after the time it has, and has less for its greeting', () => {
    const { clock, connect, strangers, metrics } = strangersOf({});
    const [silent, joined] = ['a', 'a'].map(connect);
    strangers.joined(asSocket(joined!));
    clock.ms = 400;
    expect(strangers.remainingMs(asSocket(silent!))).toBe(450); // of 850
    expect(strangers.remainingMs(asSocket(joined!))).toBe(0);
    clock.ms = 999;
    strangers.sweep();
    expect(silent!.isClosed).toBe(false);
    clock.ms = 1000;
    strangers.sweep();
    expect([silent!.isClosed, joined!.isClosed]).toEqual([true, false]);
    expect(metrics.get('starling_refused_total', { reason: 'stranger-timeout' })).toBe(1);
  });
});
