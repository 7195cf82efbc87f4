import { describe, expect, test } from 'vitest';
import { createMembership } from './membership.js';

const population = { size: 3, clientId: (index: number) => `mote-${index}` };

function membership() {
  const clock = { ms: 0 };
  return { clock, members: createMembership<string>({ population, now: () => clock.ms }) };
}

describe('createMembership', () => {
  test('`createMembership` gives the first free client when none is asked for', () => {
    const { members } = membership();
    members.join('mote-0', 'a');
    expect(members.join(null, 'b').client).toBe('mote-1');
    expect(members.join(null, 'c').client).toBe('mote-2');
    expect(() => members.join(null, 'd')).toThrow(expect.objectContaining({ code: 'no-free-client' }));
    expect(members.size).toBe(3);
  });

  test('`createMembership` refuses when the population has no such client', () => {
    expect(() => membership().members.join('mote-3', 'a')).toThrow(
      expect.objectContaining({ code: 'unknown-client' }),
    );
  });

  test('`createMembership` seats the newest socket when a name joins twice', () => {
    const { members } = membership();
    members.join('mote-0', 'old');
    expect(members.join('mote-0', 'new')).toEqual({ client: 'mote-0', replaced: 'old' });
    members.part('mote-0', 'old', 1000); // the old socket closes afterwards: the place is not its own any more
    expect(members.socketOf('mote-0')).toBe('new');
  });

  test('`createMembership` keeps a name for its owner when the socket was cut, until the reserve runs out', () => {
    const { members, clock } = membership();
    members.join(null, 'a');
    members.part('mote-0', 'a', 1000);
    expect(members.join(null, 'b').client).toBe('mote-1');
    expect(members.join('mote-0', 'a again').client).toBe('mote-0');
    members.part('mote-0', 'a again', 1000);
    clock.ms = 1000;
    expect(members.join(null, 'c').client).toBe('mote-0');
  });
});
