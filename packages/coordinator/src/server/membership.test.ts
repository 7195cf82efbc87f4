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

  test('`createMembership` replaces a socket by the same client alone, which shows what it was given', () => {
    const { members } = membership();
    const { proof } = members.join('mote-0', 'old');
    for (const wrong of [null, '', 'f'.repeat(proof.length), `${proof}0`]) {
      expect(() => members.join('mote-0', 'thief', wrong)).toThrow(
        expect.objectContaining({ code: 'name-taken' }),
      );
    }
    expect(members.socketOf('mote-0')).toBe('old');
    expect(members.join('mote-0', 'new', proof)).toEqual({ client: 'mote-0', replaced: 'old', proof });
    members.part('mote-0', 'old', 1000); // the old socket closes afterwards: the place is not its own any more
    expect(members.socketOf('mote-0')).toBe('new');
  });

  test('`createMembership` gives the place back to its owner, and not again to who took it without proof', () => {
    const { members } = membership();
    const owner = members.join('mote-0', 'owner');
    members.part('mote-0', 'owner', 1000);
    const thief = members.join('mote-0', 'thief');
    expect(thief.proof).not.toBe(owner.proof);
    expect(members.join('mote-0', 'owner again', owner.proof).replaced).toBe('thief');
    expect(() => members.join('mote-0', 'thief again', thief.proof)).toThrow(
      expect.objectContaining({ code: 'name-taken' }),
    );
  });

  test('`createMembership` keeps the owner’s secret however often others take the place meanwhile', () => {
    const { members } = membership();
    const { proof } = members.join('mote-0', 'owner');
    members.part('mote-0', 'owner', 1000);
    for (let count = 0; count < 10; count++) {
      members.join('mote-0', 'thief');
      members.part('mote-0', 'thief', 1000);
    }
    members.join('mote-0', 'thief');
    expect(members.join('mote-0', 'owner again', proof).replaced).toBe('thief');
  });

  test('`createMembership` forgets secrets when a client leaves, and when the reserve runs out', () => {
    const { members, clock } = membership();
    const left = members.join('mote-0', 'a');
    members.part('mote-0', 'a', 0);
    members.join('mote-0', 'b');
    expect(() => members.join('mote-0', 'a', left.proof)).toThrow('another socket is joined');
    members.part('mote-0', 'b', 1000);
    clock.ms = 1000;
    const next = members.join('mote-0', 'c');
    expect(members.join('mote-0', 'c again', next.proof).replaced).toBe('c');
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
