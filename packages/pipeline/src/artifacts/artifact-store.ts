// Where artifacts lie: a folder each, named by what it holds. It is written aside, synced and renamed, so that a folder
// that is there is whole, whenever the process dies; and it is checked against its name before it is used again.
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { Artifact, ArtifactKind, Made, Property } from './artifact.js';
import { canonical, sha256 } from './canonical.js';

const MANIFEST = 'artifact.json';

interface Manifest {
  readonly kind: ArtifactKind;
  readonly files: Readonly<Record<string, string>>;
  readonly properties: Readonly<Record<string, Property>>;
  readonly refused: readonly string[];
  readonly summary: string;
}

export interface ArtifactStore {
  /** Writes it, unless it is there. */
  write<K extends ArtifactKind>(kind: K, made: Made): Artifact<K>;
  /** Null if it is not there, or no longer what its name says. */
  read(id: string): Artifact | null;
  pathOf(id: string): string;
}

/** A store in `folder`, which the first artifact makes. One process at a time writes to it. */
export function artifactStore(folder: string): ArtifactStore {
  const pathOf = (id: string): string => join(folder, id);
  const read = (id: string): Artifact | null => {
    try {
      const text = readFileSync(join(pathOf(id), MANIFEST), 'utf8');
      if (sha256(text) !== id) return null;
      const manifest = JSON.parse(text) as Manifest;
      const intact = Object.entries(manifest.files).every(
        ([name, hash]) => sha256(readFileSync(join(pathOf(id), name))) === hash,
      );
      return intact ? { ...manifest, id, read: (file) => readFileSync(join(pathOf(id), file)) } : null;
    } catch {
      return null; // a file is missing, or the manifest is no JSON
    }
  };
  return {
    pathOf,
    read,
    write(kind, { files, properties = {}, refused = [], summary }) {
      const hashes = Object.fromEntries(Object.entries(files).map(([name, data]) => [name, sha256(data)]));
      const manifest: Manifest = { kind, files: hashes, properties, refused, summary };
      const text = canonical(manifest);
      const id = sha256(text);
      if (read(id) === null) {
        const aside = join(folder, `.${id}`);
        rmSync(aside, { recursive: true, force: true });
        rmSync(pathOf(id), { recursive: true, force: true });
        writeWhole(aside, pathOf(id), { ...files, [MANIFEST]: text });
      }
      return read(id) as never;
    },
  };
}

/** Writes a folder of files aside, syncs it, and gives it its name. */
export function writeWhole(
  aside: string,
  path: string,
  files: Readonly<Record<string, string | Uint8Array>>,
): void {
  mkdirSync(aside, { recursive: true });
  for (const [name, data] of Object.entries(files)) writeSynced(join(aside, name), data);
  syncFolder(aside);
  renameSync(aside, path);
  syncFolder(dirname(path));
}

/** A file that is either as it was or as it is to be. */
export function replaceSynced(path: string, data: string): void {
  writeSynced(`${path}.new`, data);
  renameSync(`${path}.new`, path);
  syncFolder(dirname(path));
}

function writeSynced(path: string, data: string | Uint8Array): void {
  const file = openSync(path, 'w');
  try {
    const bytes = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncFolder(path: string): void {
  if (!existsSync(path)) return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
