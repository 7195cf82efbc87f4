import { describe, expect, test } from 'vitest';
import { createPacing } from './pacing.js';

/** What was let out, in order, and how to say that it has left. */
function sending() {
  const sent: string[] = [];
  const dones = new Map<string, () => void>();
  const send = (name: string, bytes: number) => (done: () => void) => {
    sent.push(name);
    dones.set(name, done);
    return bytes;
  };
  return { sent, send, leaves: (name: string) => dones.get(name)!() };
}

describe('createPacing', () => {
  test('`createPacing` lets bodies out while there is room, and the others as those before them leave', () => {
    const { sent, send, leaves } = sending();
    const pacing = createPacing(100);
    for (const name of ['a', 'b', 'c', 'd']) pacing.submit(name, send(name, 60));
    // 60, then 120: full.
    expect(sent).toEqual(['a', 'b']);
    leaves('b');
    expect(sent).toEqual(['a', 'b', 'c']);
    leaves('b'); // said twice, it counts once
    expect(sent).toEqual(['a', 'b', 'c']);
    leaves('a');
    leaves('c');
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
  });

  test('`createPacing` lets everything out that takes no room', () => {
    const { sent, send } = sending();
    const pacing = createPacing(1);
    for (let index = 0; index < 5; index++) {
      pacing.submit(`${index}`, (done) => {
        done();
        return send(`${index}`, 0)(() => {});
      });
    }
    expect(sent).toEqual(['0', '1', '2', '3', '4']);
  });

  test('`createPacing` replaces what waits under a name, and forgets what waits when it is cleared', () => {
    const { sent, send, leaves } = sending();
    const pacing = createPacing(10);
    pacing.submit('a', send('a', 10));
    pacing.submit('b', send('b', 10));
    pacing.submit('b', send('b again', 10));
    leaves('a');
    expect(sent).toEqual(['a', 'b again']);
    pacing.submit('c', send('c', 10));
    pacing.clear();
    leaves('b again');
    expect(sent).toEqual(['a', 'b again']);
  });
});
