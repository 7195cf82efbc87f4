// What comes in great numbers: malformed messages, handshakes that are not what they claim, and poisoned updates. Each
// crowd has a coordinator in a process of its own and honest clients, whose rounds must go on; and each of its members
// must be refused, and counted under a reason.
import { sendMalformed } from './malformed-messages.js';
import { sendPoison } from './poisoned-updates.js';
import { sendHandshakes } from './wrong-handshakes.js';

export interface CrowdResult {
  readonly sent: number;
  /** By reason, as the coordinator counts them. */
  readonly refused: Readonly<Record<string, number>>;
  /** That the honest clients finished meanwhile. */
  readonly rounds: number;
  /** What should not be. */
  readonly faults: readonly string[];
}

interface Crowd {
  /** How many, unless told otherwise. */
  readonly usual: number;
  send(count: number): Promise<CrowdResult>;
}

export const crowds = {
  malformed: { usual: 100_000, send: sendMalformed },
  handshakes: { usual: 10_000, send: sendHandshakes },
  poison: { usual: 50, send: sendPoison },
} as const satisfies Readonly<Record<string, Crowd>>;

export type CrowdName = keyof typeof crowds;
