import { describe, expect, test } from 'vitest';
import { createTaskDesk, type Worker } from './task-desk.js';

/** Sockets of one device, and a log of those that were called. */
function desk(tasks: number) {
  const called: string[] = [];
  const made = createTaskDesk();
  const socket = (device: unknown = 'one'): Worker => ({ device, tasks });
  const take = (of: Worker, name: string, takesIt = true): boolean =>
    made.take(of, () => {
      called.push(name);
      if (takesIt) take(of, name);
    });
  return { ...made, socket, take, called };
}

describe('createTaskDesk', () => {
  test('`createTaskDesk` lets a device work on so much at once, and asks those that wait in their order', () => {
    const { socket, take, release, called } = desk(2);
    const [a, b, c, d] = [socket(), socket(), socket(), socket()];
    expect([take(a, 'a'), take(b, 'b'), take(c, 'c'), take(d, 'd')]).toEqual([true, true, false, false]);
    release(a);
    expect(called).toEqual(['c']);
    release(b);
    expect(called).toEqual(['c', 'd']);
  });

  test('`createTaskDesk` gives its turn back to one that does not take it', () => {
    const { socket, take, release, called } = desk(1);
    const [a, b, c] = [socket(), socket(), socket()];
    take(a, 'a');
    take(b, 'b', false);
    take(c, 'c');
    release(a); // b is called, and has nothing to ask any more: c is called as well
    expect(called).toEqual(['b', 'c']);
    expect(take(c, 'c')).toBe(true);
  });

  test('`createTaskDesk` takes a socket that works already, and each device by itself', () => {
    const { socket, take } = desk(1);
    const a = socket();
    expect([take(a, 'a'), take(a, 'a')]).toEqual([true, true]);
    expect(take(socket('two'), 'b')).toBe(true);
    const alone = socket();
    expect(take({ ...alone, device: alone }, 'c')).toBe(true);
  });

  test('`createTaskDesk` forgets one that waits when it is released', () => {
    const { socket, take, release, called } = desk(1);
    const [a, b] = [socket(), socket()];
    take(a, 'a');
    take(b, 'b');
    release(b);
    release(a);
    expect(called).toEqual([]);
    expect(take(b, 'b')).toBe(true);
  });
});
