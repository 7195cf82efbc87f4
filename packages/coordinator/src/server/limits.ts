// What anyone may take of the server: for each socket, client and address, and in all. The one table that the server
// keeps to, that its options are checked against, and that docs/operations.md prints.
import { type Check, checkOptions, numberWithin } from '@starling/federated-core/plan';

/** Who a limit holds for. */
export type LimitScope = 'server' | 'address' | 'client' | 'socket';

interface Definition {
  readonly usual: number;
  readonly scope: LimitScope;
  readonly meaning: string;
}

const KIB = 1024;

/** By name: its default, for whom it holds, and what happens beyond it. */
export const limitDefinitions = {
  connections: {
    usual: 10_000,
    scope: 'server',
    meaning:
      'Open connections. One more takes the place of the stranger that has waited longest, of the address with most of them; if there is none, it is closed.',
  },
  connectionsPerAddress: {
    usual: 1_000_000,
    scope: 'address',
    meaning:
      'Open connections, joined or not. The default sets no bound of its own, since clients may share a proxy.',
  },
  strangerMs: {
    usual: 10_000,
    scope: 'socket',
    meaning: 'From connecting to being joined, or answered: TLS, HTTP, WebSocket and `hello` together.',
  },
  helloBytes: { usual: 32 * KIB, scope: 'socket', meaning: 'The longest message before `welcome`.' },
  hellosPerMinute: { usual: 20_000, scope: 'address', meaning: 'Attempts to join, in any minute.' },
  returnsPerSecond: {
    usual: 100,
    scope: 'server',
    meaning: 'Clients that found no place, and come back: each is told when, at most ten minutes later.',
  },
  joinsPerMinute: { usual: 600, scope: 'client', meaning: 'Times that a client joins, in any minute.' },
  refusalMs: {
    usual: 5_000,
    scope: 'address',
    meaning:
      'The longest wait for the answer to a wrong token. From the fourth in a minute on, each waits twice as long as the one before, from 100 ms.',
  },
  messagesPerSecond: {
    usual: 200,
    scope: 'socket',
    meaning: 'Messages, pings and pongs; not parts of bodies, and not reports that were asked for.',
  },
  fragments: { usual: 256, scope: 'socket', meaning: 'WebSocket frames that one message may be cut into.' },
  messageMs: { usual: 60_000, scope: 'socket', meaning: 'From the first byte of a message to its last.' },
  partMs: { usual: 60_000, scope: 'socket', meaning: 'Between two parts of a body.' },
  answerBytes: {
    usual: 256 * KIB,
    scope: 'socket',
    meaning:
      'Answers that wait because a client does not read: their bytes, and 1 KiB for each, which is what one costs.',
  },
  unreadMs: {
    usual: 10_000,
    scope: 'socket',
    meaning: 'How long a blob that was asked for may wait without a byte being read.',
  },
} as const satisfies Readonly<Record<string, Definition>>;

export type LimitName = keyof typeof limitDefinitions;
export type ServerLimits = { readonly [N in LimitName]: number };

export const limitNames = Object.keys(limitDefinitions) as readonly LimitName[];

const usualLimits = Object.fromEntries(
  limitNames.map((name) => [name, limitDefinitions[name].usual]),
) as ServerLimits;

/** Milliseconds that a timer can wait, or a count; both whole and from 1. */
const LIMIT: Check = numberWithin({ whole: true, from: 1, to: 2 ** 31 - 1 });

/** The check of `limits`, an object that has some of them. */
export const limitsKind: Check = (action, option, value) =>
  checkOptions(
    `${action}: ${option}`,
    value as Partial<ServerLimits>,
    Object.fromEntries(limitNames.map((name) => [name, LIMIT])) as { [N in LimitName]: Check },
  );

/** All limits: those that are given, and the defaults of the others. */
export function allLimits(given: Partial<ServerLimits> = {}): ServerLimits {
  return { ...usualLimits, ...given };
}
