// The key and the certificate of `--tls-key` and `--tls-cert`, and what has become of their files meanwhile: a
// renewed pair is written there.
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsOptions, TlsPair } from '@starling/coordinator';
import { UsageError } from '../errors/usage-error.js';

export interface TlsPaths {
  readonly tlsKey?: string;
  readonly tlsCert?: string;
}

/**
 * Null without TLS. Throws a `UsageError` unless both files are there and belong together; so does `renewed`, once for
 * each change of the files that is no good.
 */
export function readTls({ tlsKey, tlsCert }: TlsPaths): TlsOptions | null {
  if (tlsKey === undefined && tlsCert === undefined) return null;
  if (tlsKey === undefined || tlsCert === undefined) {
    throw new UsageError(
      `Cannot serve TLS: need --tls-key and --tls-cert, got only --tls-${tlsKey === undefined ? 'cert' : 'key'}`,
    );
  }
  const pair = readPair(tlsKey, tlsCert);
  let version = versionOf(tlsKey, tlsCert);
  return {
    ...pair,
    renewed() {
      const now = versionOf(tlsKey, tlsCert);
      if (now === version) return null;
      version = now;
      return readPair(tlsKey, tlsCert);
    },
  };
}

function readPair(tlsKey: string, tlsCert: string): TlsPair {
  const pair = { key: readPem('--tls-key', tlsKey), cert: readPem('--tls-cert', tlsCert) };
  try {
    createSecureContext(pair);
  } catch (cause) {
    throw new UsageError(
      `Cannot serve TLS: need a PEM key and the PEM certificate that belongs to it, got '${tlsKey}' and '${tlsCert}'`,
      { cause },
    );
  }
  return pair;
}

/** Changes whenever one of the files does; a file that is gone has one, too. */
function versionOf(...paths: readonly string[]): string {
  return paths
    .map((path) => {
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat === undefined ? 'gone' : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
    })
    .join();
}

function readPem(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new UsageError(`Cannot read ${option}: need a readable PEM file, got '${path}'`, { cause });
  }
}
