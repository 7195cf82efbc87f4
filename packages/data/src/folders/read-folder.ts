// One file a client: the files of a folder, each read by a reader of its format.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { formatType } from '@starling/federated-core';
import { type Check, kinds, ofKind } from '@starling/federated-core/plan';
import { type ClientData, clientData } from '@starling/population';
import { FileError } from '../errors/file-error.js';
import { bareName } from '../files/data-file.js';

const readerKind: Check = ofKind({
  need: 'a reader of one file, such as (path) => readCsv(path)',
  fits: (value) => typeof value === 'function',
});

/**
 * A client for each file of `folder` that `read` reads, in the order of the names, and called by its name without
 * the ending: `readFolder('patients', (path) => readCsv(path))`. Files whose names begin with a point, and folders,
 * are left out. All files must give rows of one type, so that types are best given. Each is opened once, one after
 * the other.
 */
export async function readFolder(
  folder: string,
  read: (path: string) => Promise<ClientData>,
): Promise<ClientData> {
  kinds.text('Cannot read a folder', 'folder', folder);
  readerKind('Cannot read a folder', 'read', read);
  const names = readNames(folder);
  const parts: ClientData[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const part = await read(path);
    if (part.size !== 1) {
      throw new FileError({
        path,
        need: 'must hold the rows of one client',
        got: `${part.size} clients`,
        remedy: 'Name no client column for files of one client each.',
      });
    }
    const [first = part] = parts;
    if (formatType(part.element) !== formatType(first.element)) {
      throw new FileError({
        path,
        need: `must have rows of ${formatType(first.element)}, as ${names[0]} has`,
        got: formatType(part.element),
        remedy: 'Give types, so that they do not follow from the values of each file.',
      });
    }
    parts.push(part);
  }
  const ids = names.map(bareName);
  const twice = ids.find((id, index) => ids.indexOf(id) < index);
  if (twice !== undefined) {
    throw new FileError({
      path: folder,
      client: twice,
      need: 'must have one file',
      got: 'two that differ in their endings',
      remedy: 'Rename one of them.',
    });
  }
  return clientData({
    name: basename(folder),
    size: parts.length,
    element: (parts[0] as ClientData).element,
    clientId: (index) => ids[index] as string,
    rowCount: (index) => (parts[index] as ClientData).exampleCount(0),
    rows: (index) => (parts[index] as ClientData).rows(0),
  });
}

function readNames(folder: string): readonly string[] {
  let names: readonly string[];
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    names = entries.filter((entry) => entry.isFile() && !entry.name.startsWith('.')).map(({ name }) => name);
  } catch (cause) {
    throw new FileError({
      path: folder,
      need: 'must be a folder',
      got: 'none',
      remedy: `Looked at ${folder}.`,
      cause,
    });
  }
  if (names.length === 0) {
    throw new FileError({
      path: folder,
      need: 'must have files',
      got: 'none',
      remedy: 'Name the folder that has them.',
    });
  }
  return [...names].sort();
}
