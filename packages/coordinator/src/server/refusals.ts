// Whom the server turned away, and why: each is counted by its reason, and the log names the address, without an
// attacker being able to fill it. The first of a kind have a line each; all others of a minute share one.
import type { Logger } from 'pino';
import type { ServerMetrics } from './server-metrics.js';

export interface Refused {
  /** A code of the wire, or a word of the server's own, such as `foreign-origin`. */
  readonly reason: string;
  /** Of the other end. */
  readonly address: string;
  readonly message: string;
  /** Empty for one that has not joined. */
  readonly client?: string;
  /** Whether it happens to clients that do nothing wrong; it is logged as what happens, and not as a warning. */
  readonly isNoFault?: boolean;
}

export interface Refusals {
  refuse(refused: Refused): void;
  /** Writes what the log still owes. */
  close(): void;
}

/** Lines of one reason in a window of the log. */
const LINES = 10;
const WINDOW_MS = 60_000;
/** Addresses of one reason that are counted in a window, and those of them that the log names. */
const MAX_ADDRESSES = 1000;
const NAMED_ADDRESSES = 10;

interface Window {
  /** Whether none of these was a fault of its client. */
  isNoFault: boolean;
  lines: number;
  unsaid: number;
  readonly addresses: Map<string, number>;
}

export function createRefusals(logger: Logger, metrics: ServerMetrics): Refusals {
  const windows = new Map<string, Window>();
  const timer = setInterval(endWindows, WINDOW_MS);
  timer.unref();

  function endWindows(): void {
    for (const [reason, { unsaid, addresses, isNoFault }] of windows) {
      if (unsaid === 0) continue;
      const most = [...addresses].sort(([, one], [, other]) => other - one).slice(0, NAMED_ADDRESSES);
      logger[isNoFault ? 'info' : 'warn'](
        { code: reason, refused: unsaid, addresses: Object.fromEntries(most) },
        `refused ${unsaid} more (${reason})`,
      );
    }
    windows.clear();
  }

  return {
    refuse({ reason, address, client, message, isNoFault = false }) {
      metrics.add('starling_refused_total', 1, { reason });
      const window = windows.get(reason) ?? {
        isNoFault,
        lines: 0,
        unsaid: 0,
        addresses: new Map<string, number>(),
      };
      window.isNoFault &&= isNoFault;
      windows.set(reason, window); // reasons are words of this code, so that there are few
      if (window.lines < LINES) {
        window.lines++;
        const about = { code: reason, address, ...(client !== undefined && client !== '' && { client }) };
        logger[isNoFault ? 'info' : 'warn'](about, message);
        return;
      }
      window.unsaid++;
      const count = window.addresses.get(address);
      if (count !== undefined || window.addresses.size < MAX_ADDRESSES) {
        window.addresses.set(address, (count ?? 0) + 1);
      }
    },
    close() {
      clearInterval(timer);
      endWindows();
    },
  };
}
