// Arrays in files of their own as client data: images in one, labels in another, and perhaps whose they are in a third.
// A file is an array of numpy (`.npy`) or IDX, as MNIST is; its first bytes say which, and whether gzip packed it.
import { basename } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Tensor } from '@starling/federated-core';
import { checkOptions, kinds, thrownWords } from '@starling/federated-core/plan';
import type { ClientData } from '@starling/population';
import { tableColumns } from '../columns/table-columns.js';
import { FileError, type FilePlace } from '../errors/file-error.js';
import { reading } from '../errors/reading.js';
import { dataFile } from '../files/data-file.js';
import { type ArrayColumn, arrayRows } from './array-rows.js';
import { isIdx, readIdxArray } from './idx.js';
import { isNpy, readNpy } from './npy.js';
import type { NpzOptions } from './read-npz.js';

/**
 * The rows of arrays, in memory, by the files that have them: `readArrays({ x: 'images.idx', y: 'labels.npy' })`. The
 * types are those of the files (int8, int16 and int64 as int32). Clients are in the order in which they come first.
 * Throws a `FileError` for a file that is no array, or has another number of rows than the others.
 */
export function readArrays(
  files: Readonly<Record<string, string>>,
  options: NpzOptions = {},
): Promise<ClientData> {
  kinds.record('Cannot read arrays', 'files', files);
  for (const [name, path] of Object.entries(files)) kinds.text('Cannot read arrays', `files.${name}`, path);
  return reading({ path: Object.values(files)[0] ?? '' }, async () => openArrays(files, options));
}

function openArrays(files: Readonly<Record<string, string>>, options: NpzOptions): ClientData {
  checkOptions('Cannot read arrays', options, { client: kinds.text, columns: kinds.list, name: kinds.text });
  const names = Object.keys(files);
  const { client, wanted } = tableColumns(Object.values(files)[0] ?? 'arrays', names, options);
  const hashes: Record<string, string> = {};
  const columnOf = (name: string): ArrayColumn => {
    const path = files[name] as string;
    const { array, hash } = readArray({ path, column: name });
    hashes[name] = hash;
    return { path, name, array };
  };
  const columns = wanted.map(({ name }) => columnOf(name));
  const owners = client < 0 ? null : columnOf(names[client] as string);
  return arrayRows(options.name ?? 'arrays', columns, owners, hashes);
}

/** The array of a file, and what tells the file from others. */
export function readArray(place: FilePlace): { readonly array: Tensor; readonly hash: string } {
  const file = dataFile(place.path);
  const bytes = new Uint8Array(file.bytes);
  file.read(bytes, 0);
  return { array: arrayIn(place, bytes), hash: file.hash() };
}

function arrayIn(place: FilePlace, bytes: Uint8Array): Tensor {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return arrayIn(place, unpacked(place, bytes));
  if (isNpy(bytes)) return readNpy(place, bytes);
  if (isIdx(bytes)) return readIdxArray(place, bytes);
  throw new FileError({
    ...place,
    need: 'must be an array of numpy (.npy) or IDX',
    got: `${basename(place.path)}, which begins with ${[...bytes.subarray(0, 4)].join(', ')}`,
    remedy: 'Write it with numpy.save; an archive of arrays (.npz) is for readNpz.',
  });
}

function unpacked(place: FilePlace, bytes: Uint8Array): Uint8Array {
  try {
    return new Uint8Array(gunzipSync(bytes));
  } catch (cause) {
    throw new FileError({
      ...place,
      need: 'must be a whole file of gzip',
      got: thrownWords(cause),
      remedy: 'Check that it was copied to its end.',
      cause,
    });
  }
}
