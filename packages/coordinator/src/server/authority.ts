// Who may join: a secret for all, or a token for each client, which says who it is; how often anyone may try, and how
// long one waits who did not know it.
import { type Control, WireError } from '@starling/wire';
import { type ClientTokens, openClientTokens } from './client-tokens.js';
import type { ServerLimits } from './limits.js';
import { createRates } from './rates.js';
import { tokenMatches } from './token.js';

export interface Authority {
  /** Whether each client is known by a token of its own. */
  readonly knowsClients: boolean;
  /** The same, with the client's name where its token says it; throws a `WireError` for one who may not join now. */
  authorize(address: string, hello: Control<'hello'>): Control<'hello'>;
  /** Throws a `WireError` for a client that joins again and again. */
  admit(client: string): void;
  /** How long the answer to a wrong token waits: longer with each one of this address in the same minute. */
  refusalMs(address: string): number;
  /** Reads the tokens again if they have changed; gives whether they have. Throws a `StarlingError` if it cannot. */
  refresh(): boolean;
  /** Whether the token that a client came with is valid still. */
  isStill(client: string, token: string): boolean;
}

/** Wrong tokens of an address in a minute that are answered at once, and how long the next one waits. */
const PROMPT_FAILURES = 3;
const FIRST_WAIT_MS = 100;

/** Throws a `TypeError` for two kinds of token at once. `now`: a monotonic clock, milliseconds. */
export function createAuthority(
  options: { readonly token?: string; readonly clientTokens?: string },
  limits: Pick<ServerLimits, 'hellosPerMinute' | 'joinsPerMinute' | 'refusalMs'>,
  now: () => number,
): Authority {
  const { token } = options;
  const identities = openIdentities(options);
  const hellos = createRates(now);
  const joins = createRates(now);
  const failures = createRates(now);

  return {
    knowsClients: identities !== null,
    authorize(address, hello) {
      if (hellos.add(address) > limits.hellosPerMinute) {
        throw new WireError('too-many-hellos', 'Cannot join now: too many of this address tried this minute');
      }
      if (identities === null) {
        if (tokenMatches(token, hello.token)) return hello;
        throw new WireError('unauthorized', 'Cannot join: the token is missing or wrong');
      }
      const client = identities.clientOf(hello.token);
      if (client !== null && (hello.client === null || hello.client === client)) return { ...hello, client };
      throw new WireError('unauthorized', 'Cannot join: the token is missing, or not that of this client');
    },
    admit(client) {
      if (joins.add(client) <= limits.joinsPerMinute) return;
      throw new WireError('too-many-hellos', `Cannot join now: '${client}' has joined too often this minute`);
    },
    refusalMs(address) {
      const slowed = failures.add(address) - PROMPT_FAILURES;
      return slowed <= 0 ? 0 : Math.min(limits.refusalMs, FIRST_WAIT_MS * 2 ** (slowed - 1));
    },
    refresh: () => identities?.refresh() ?? false,
    isStill: (client, used) => identities?.isStill(client, used) ?? true,
  };
}

/** The file of tokens, if there is one. */
function openIdentities({
  token,
  clientTokens,
}: {
  readonly token?: string;
  readonly clientTokens?: string;
}): ClientTokens | null {
  if (clientTokens === undefined) return null;
  if (token === undefined) return openClientTokens(clientTokens);
  throw new TypeError("Cannot start a server: need 'token' or 'clientTokens', got both");
}
