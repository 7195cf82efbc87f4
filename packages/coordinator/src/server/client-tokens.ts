// A token for each client: a file of their hashes, which is also the list of who may join. It is read again when it
// changes, so that tokens are issued, rotated and revoked while the server serves.
//
//   # one line for each token: the client's name, a space, the SHA-256 of the token in hex
//   mote-1 2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { StarlingError } from '@starling/federated-core';

export interface ClientTokens {
  /** The client of a token; `null` if it is nobody's. A client may have several. */
  clientOf(token: string | undefined): string | null;
  /** Whether a token that was a client's is so still. */
  isStill(client: string, token: string): boolean;
  /** Reads the file again if it has changed; gives whether it has. Throws a `StarlingError` if it cannot be used. */
  refresh(): boolean;
}

/** Bytes of a token: 256 bits, in base64url. */
const TOKEN_BYTES = 32;
const LINE = /^(\S(?:.{0,198}\S)?) ([0-9a-f]{64})$/;

/** SHA-256 is enough for tokens that are random: there is no dictionary to try. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Opens the file; throws a `StarlingError` with code `bad-token-file` if it cannot be read, or has other lines. */
export function openClientTokens(path: string): ClientTokens {
  let byHash = new Map<string, string>();
  let version = '';

  function refresh(): boolean {
    const now = versionOf(path);
    if (now === version) return false;
    version = now; // also of one that is no good, so that it is not read again until it has changed
    byHash = new Map(readClientTokens(path).map(({ client, hash }) => [hash, client]));
    return true;
  }

  refresh();
  return {
    clientOf: (token) => (token === undefined ? null : (byHash.get(hashToken(token)) ?? null)),
    isStill: (client, token) => byHash.get(hashToken(token)) === client,
    refresh,
  };
}

/** What changes with the file: it may be written in place, or replaced. */
function versionOf(path: string): string {
  try {
    const { ino, mtimeMs, size } = statSync(path);
    return `${ino} ${mtimeMs} ${size}`;
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

export interface ClientToken {
  readonly client: string;
  /** SHA-256, hex. */
  readonly hash: string;
}

/** The lines of a file of tokens; throws a `StarlingError` with code `bad-token-file`. */
export function readClientTokens(path: string): readonly ClientToken[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const seen = new Set<string>();
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '' || line.startsWith('#')) return [];
    const [, client, hash] = LINE.exec(line.trimEnd()) ?? [];
    if (client === undefined || hash === undefined) {
      const need = `need a client's name, a space and 64 hex digits`;
      throw new StarlingError('bad-token-file', `Cannot read line ${index + 1} of '${path}': ${need}`);
    }
    if (seen.has(hash)) {
      const need = 'need a token for each client, got one a second time';
      throw new StarlingError('bad-token-file', `Cannot read line ${index + 1} of '${path}': ${need}`);
    }
    seen.add(hash);
    return [{ client, hash }];
  });
}

/** Adds a new token of a client to the file, which is made if there is none; gives the token, which is kept nowhere. */
export function issueClientToken(path: string, client: string): string {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  const line = `${client} ${hashToken(token)}`;
  if (!LINE.test(line)) {
    const need = 'need a name of 1 to 200 characters that does not begin or end with white space';
    throw new StarlingError('bad-token-file', `Cannot issue a token: ${need}, got '${client}'`);
  }
  const earlier = existing(path);
  const ending = earlier === '' || earlier.endsWith('\n') ? '' : '\n';
  replaceFile(path, `${earlier}${ending}${line}\n`);
  return token;
}

/** Takes all tokens of a client out of the file, or all but the newest; gives how many. */
export function revokeClientTokens(
  path: string,
  client: string,
  { exceptNewest = false }: { readonly exceptNewest?: boolean } = {},
): number {
  const own = readClientTokens(path).filter((each) => each.client === client);
  const gone = new Set((exceptNewest ? own.slice(0, -1) : own).map(({ hash }) => `${client} ${hash}`));
  const lines = readFileSync(path, 'utf8').split('\n');
  if (gone.size > 0) replaceFile(path, lines.filter((line) => !gone.has(line.trimEnd())).join('\n'));
  return gone.size;
}

function existing(path: string): string {
  try {
    readClientTokens(path);
    return readFileSync(path, 'utf8');
  } catch (error) {
    const cause = (error as StarlingError).cause as NodeJS.ErrnoException | undefined;
    if (cause?.code === 'ENOENT') return '';
    throw error;
  }
}

/** As a whole, so that no reader sees half of it; for its owner alone. */
function replaceFile(path: string, text: string): void {
  const aside = `${path}.${process.pid}.new`;
  writeFileSync(aside, text, { mode: 0o600 });
  chmodSync(aside, 0o600);
  renameSync(aside, path);
}

function unreadable(path: string, cause: unknown): StarlingError {
  const { code } = cause as NodeJS.ErrnoException;
  const text = `Cannot read the clients' tokens: need a readable file, got '${path}' (${code})`;
  return new StarlingError('bad-token-file', text, { cause });
}
