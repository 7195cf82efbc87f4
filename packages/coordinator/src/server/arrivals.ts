// How much one socket says, how often, and how slowly: what is known of its messages before they are complete, and how
// many there are. Whatever goes beyond a limit is refused by a `WireError`.
import { WireError } from '@starling/wire';
import { createFrameMeter } from './frame-meter.js';
import type { ServerLimits } from './limits.js';

export interface Arrivals {
  /** Bytes of the socket, before a message is made of them. `isStranger`: it has not joined. */
  bytes(bytes: Uint8Array, isStranger: boolean): void;
  /** A frame of the protocol, `part` included. */
  frame(): void;
  /** One more message, ping or pong. */
  count(): void;
  /** The message that was counted last was asked for. */
  uncount(): void;
  /** Looks at the time that the message at hand has taken, and the body, if one is open. */
  checkTime(hasOpenBody: boolean): void;
}

export type ArrivalLimits = Pick<ServerLimits, 'helloBytes' | 'messagesPerSecond' | 'messageMs' | 'partMs'>;

/** `now`: a monotonic clock, milliseconds. */
export function createArrivals(limits: ArrivalLimits, now: () => number): Arrivals {
  const meter = createFrameMeter();
  let messageSinceMs: number | null = null;
  let frameAtMs = 0;
  let second = { startMs: Number.NEGATIVE_INFINITY, messages: 0 };

  return {
    bytes(bytes, isStranger) {
      const { messages } = meter;
      meter.push(bytes);
      if (!meter.isInMessage) messageSinceMs = null;
      else if (messageSinceMs === null || meter.messages > messages) messageSinceMs = now();
      const { helloBytes } = limits;
      if (!isStranger || meter.messageBytes <= helloBytes) return;
      const text = `Cannot take a message of ${meter.messageBytes} bytes before 'welcome': at most ${helloBytes}`;
      throw new WireError('frame-too-big', text);
    },
    frame() {
      frameAtMs = now();
    },
    count() {
      const time = now();
      if (time - second.startMs >= 1000) second = { startMs: time, messages: 0 };
      const { messagesPerSecond } = limits;
      if (++second.messages <= messagesPerSecond) return;
      const text = `Cannot take more messages: at most ${messagesPerSecond} a second`;
      throw new WireError('too-many-messages', text);
    },
    uncount() {
      second.messages--;
    },
    checkTime(hasOpenBody) {
      const { messageMs, partMs } = limits;
      if (messageSinceMs !== null && now() - messageSinceMs > messageMs) {
        throw new WireError('too-slow', `Cannot wait longer for a message: at most ${messageMs} ms`);
      }
      if (hasOpenBody && now() - frameAtMs > partMs) {
        throw new WireError('too-slow', `Cannot wait longer for a part of a body: at most ${partMs} ms`);
      }
    },
  };
}
