// Which pages of browsers may speak to the server. A browser lets any page open a WebSocket to any host, this machine
// included, and says in `Origin` whose page it is; `Host` says under which name it was reached (RFC 6455, section
// 10.2).
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';

export interface OriginRules {
  /** Origins of pages that may connect, such as `https://lab.example`; `*` for any. */
  readonly allowed: readonly string[];
  /** Where the server listens. */
  readonly host: string;
}

/** Why a request is refused; `null` if it is not. */
export type OriginFault = {
  readonly reason: 'foreign-origin' | 'foreign-host';
  readonly message: string;
} | null;

/**
 * Clients that are no browsers say no origin, and are let in. A page is let in if its origin is allowed, or the
 * server's own address. On loopback the server answers to no name but its own, or else a page whose name its owner
 * points at this machine (DNS rebinding) would pass for one of this machine.
 */
export function originFault({ headers }: Pick<IncomingMessage, 'headers'>, rules: OriginRules): OriginFault {
  const { origin, host = '' } = headers;
  if (rules.allowed.includes('*')) return null;
  const isOwnName = isOwn(host, rules);
  if (origin !== undefined && !rules.allowed.includes(origin)) {
    if (isOwnName && hostOf(origin) === host.toLowerCase()) return null;
    return {
      reason: 'foreign-origin',
      message: `Cannot take a page of ${shown(origin)}: need an origin that is allowed (allowOrigins)`,
    };
  }
  if (isOwnName || origin !== undefined || !isLoopback(rules.host)) return null;
  return {
    reason: 'foreign-host',
    message: `Cannot answer to the name ${shown(host)}: need that of an origin that is allowed (allowOrigins)`,
  };
}

/** An address, `localhost`, where the server listens, or the host of an origin that is allowed. */
function isOwn(host: string, { allowed, host: listening }: OriginRules): boolean {
  const name = hostNameOf(host);
  if (name === null) return false;
  return (
    isIP(name) !== 0 ||
    name === 'localhost' ||
    name === listening.toLowerCase() ||
    allowed.some((origin) => hostOf(origin) === host.toLowerCase() || hostOf(origin) === name)
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** `lab.example:8080` of `http://lab.example:8080`; `null` of what is no origin, such as `null`. */
function hostOf(origin: string): string | null {
  return URL.canParse(origin) ? new URL(origin).host : null;
}

/** Without the port, and an IPv6 address without its brackets. */
function hostNameOf(host: string): string | null {
  if (!URL.canParse(`ws://${host}`)) return null;
  return new URL(`ws://${host}`).hostname.replace(/^\[|\]$/g, '');
}

/** Of another end's text, so much that a line of the log stays one. */
function shown(text: string): string {
  return `'${text.slice(0, 100)}'`;
}
