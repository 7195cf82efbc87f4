// Where models are pushed to: a directory of versions, counted from 1, and `CURRENT`, which names the one to serve. A
// version is written aside, synced and renamed, and `CURRENT` changes last: at any time a reader finds a whole model.
// Pipelines that push to one directory do so one after the other.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { StarlingError } from '@starling/federated-core';
import { lockDatabase } from '@starling/store/sql';
import { replaceSynced, writeWhole } from '../artifacts/artifact-store.js';
import { canonical } from '../artifacts/canonical.js';

export interface Provenance {
  readonly pipeline: string;
  /** Artifact ids. */
  readonly model: string;
  readonly blessing: string;
  readonly infra: string;
  readonly span: string;
  /** The constraints that let it out, in words. */
  readonly constraints: readonly string[];
}

export interface Destination {
  /** For provenance and errors. */
  readonly name: string;
  /** The version; a push of the same model by the same blessing is the same version again. */
  push(files: Readonly<Record<string, Uint8Array>>, provenance: Provenance): number;
  /** Whether that version is there with these files, and any version is served: else it is pushed again. */
  has(version: number, files: Readonly<Record<string, Uint8Array>>): boolean;
}

const CURRENT = 'CURRENT';
const LOCK = '.lock.db';
/** A push is a few files: others are done by then. */
const WAIT_MS = 10_000;

/** `path` is made by the first push. */
export function directory(path: string): Destination {
  return {
    name: path,
    has: (version, files) => {
      const served = currentVersion(path);
      return served !== null && versionsIn(path).includes(served) && isWhole(path, version, files);
    },
    push: (files, provenance) => {
      mkdirSync(path, { recursive: true });
      return alone(path, `Cannot push to ${path}`, () => pushed(path, files, provenance));
    },
  };
}

function pushed(path: string, files: Readonly<Record<string, Uint8Array>>, provenance: Provenance): number {
  const all = versionsIn(path);
  const before = all.find((version) => {
    const found = provenanceOf(path, version);
    const isSame = found?.model === provenance.model && found.blessing === provenance.blessing;
    return isSame && isWhole(path, version, files);
  });
  const version = before ?? (all.at(-1) ?? 0) + 1;
  if (before === undefined) {
    const aside = join(path, `.${version}`);
    rmSync(aside, { recursive: true, force: true });
    writeWhole(aside, join(path, String(version)), {
      ...files,
      'provenance.json': `${canonical(provenance, 2)}\n`,
    });
  }
  replaceSynced(join(path, CURRENT), `${version}\n`);
  return version;
}

/** What `work` gives, while nobody else writes there. Throws a `StarlingError` if somebody does for long. */
function alone<T>(path: string, action: string, work: () => T): T {
  const lock = lockDatabase(join(path, LOCK), WAIT_MS);
  if (lock === null) {
    throw new StarlingError(
      'destination-busy',
      `${action}: need it alone, got another process that has been writing there for ${WAIT_MS / 1000} s; run it again`,
    );
  }
  try {
    return work();
  } finally {
    lock.close();
  }
}

/** The version that is served; null if there is none. */
export function currentVersion(path: string): number | null {
  try {
    return Number(readFileSync(join(path, CURRENT), 'utf8'));
  } catch {
    return null;
  }
}

/** Serves the version before the current one again. Throws a `StarlingError` if there is none. */
export function rollBack(path: string): { readonly from: number; readonly to: number } {
  if (currentVersion(path) === null) throw noVersion(path, null);
  return alone(path, `Cannot roll back ${path}`, () => rolledBack(path));
}

function rolledBack(path: string): { readonly from: number; readonly to: number } {
  const from = currentVersion(path);
  const to =
    from === null
      ? undefined
      : versionsIn(path)
          .filter((version) => version < from)
          .at(-1);
  if (from === null || to === undefined) throw noVersion(path, from);
  replaceSynced(join(path, CURRENT), `${to}\n`);
  return { from, to };
}

function noVersion(path: string, from: number | null): StarlingError {
  return new StarlingError(
    'no-version',
    `Cannot roll back ${path}: need a version before the current one, got ${from === null ? 'no version' : `version ${from} alone`}`,
  );
}

function versionsIn(path: string): readonly number[] {
  if (!existsSync(path)) return [];
  return readdirSync(path)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((left, right) => left - right);
}

/** What is damaged is not written over, since it may be read meanwhile: a new version is made. */
function isWhole(path: string, version: number, files: Readonly<Record<string, Uint8Array>>): boolean {
  if (provenanceOf(path, version) === null) return false;
  return Object.entries(files).every(([name, data]) => {
    const file = join(path, String(version), name);
    return existsSync(file) && readFileSync(file).equals(data);
  });
}

function provenanceOf(path: string, version: number): Provenance | null {
  try {
    return JSON.parse(readFileSync(join(path, String(version), 'provenance.json'), 'utf8')) as Provenance;
  } catch {
    return null;
  }
}
