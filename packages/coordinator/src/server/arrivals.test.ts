import { describe, expect, test } from 'vitest';
import { createArrivals } from './arrivals.js';

/** The header of a masked binary message of that many bytes, up to 65,535 (RFC 6455, section 5.2). */
const header = (bytes: number) => Uint8Array.of(0x82, 0xfe, bytes >> 8, bytes & 255, 0, 0, 0, 0);

function arrivals() {
  const clock = { ms: 0 };
  const limits = { helloBytes: 1000, messagesPerSecond: 2, messageMs: 50, partMs: 70 };
  return { clock, arriving: createArrivals(limits, () => clock.ms) };
}
const refused = (code: string) => expect.objectContaining({ code });

describe('createArrivals', () => {
  test('`createArrivals` refuses a long message of a stranger by its header alone', () => {
    const { arriving } = arrivals();
    arriving.bytes(header(1000), true);
    arriving.bytes(new Uint8Array(1000), true);
    expect(() => arriving.bytes(header(1001), true)).toThrow(refused('frame-too-big'));
  });

  test('`createArrivals` lets a client that has joined send longer ones', () => {
    arrivals().arriving.bytes(header(60_000), false);
  });

  test('`createArrivals` refuses more messages in a second than allowed, except those that were asked for', () => {
    const { clock, arriving } = arrivals();
    for (const _ of [1, 2]) arriving.count();
    arriving.uncount();
    arriving.count();
    expect(() => arriving.count()).toThrow(refused('too-many-messages'));
    clock.ms = 1000;
    arriving.count();
  });

  test('`createArrivals` counts the time of a message from its first byte, and none between two', () => {
    const { clock, arriving } = arrivals();
    clock.ms = 1000;
    arriving.checkTime(false);
    arriving.bytes(header(300).subarray(0, 1), false);
    clock.ms = 1050;
    arriving.checkTime(false);
    clock.ms = 1051;
    expect(() => arriving.checkTime(false)).toThrow(refused('too-slow'));
    arriving.bytes(header(300).subarray(1), false);
    arriving.bytes(new Uint8Array(300), false);
    arriving.checkTime(false);
    // The end of one and the beginning of the next in one piece: the time is that of the next.
    arriving.bytes(header(300), false);
    clock.ms = 1100;
    arriving.bytes(Uint8Array.of(...new Uint8Array(300), 0x82), false);
    clock.ms = 1150;
    arriving.checkTime(false);
  });

  test('`createArrivals` waits for the next part of an open body, and no longer', () => {
    const { clock, arriving } = arrivals();
    clock.ms = 10;
    arriving.frame();
    clock.ms = 80;
    arriving.checkTime(true);
    clock.ms = 81;
    arriving.checkTime(false);
    expect(() => arriving.checkTime(true)).toThrow(refused('too-slow'));
  });
});
