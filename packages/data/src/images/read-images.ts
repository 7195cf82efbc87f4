// A folder of images as client data: folders stand for labels, for clients, or one for the other within it. Names are
// read when the folder is opened, and pixels when their client is chosen.
import { type Dirent, readdirSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { type Dataset, int32, struct, uint8 } from '@starling/federated-core';
import { checkOptions, kinds, ofKind } from '@starling/federated-core/plan';
import { type ClientData, clientData } from '@starling/population';
import { ALL_CLIENT } from '../columns/table-options.js';
import { FileError } from '../errors/file-error.js';
import { formatList } from '../errors/format-list.js';
import { reading } from '../errors/reading.js';
import { type ImageForm, readPixels, shapeOfImage } from './pixels.js';

/** What a level of folders stands for. */
export type FolderMeaning = 'label' | 'client';

export interface ImagesOptions {
  /** From the outermost folders to the innermost; `['label']` by default: then one client, `all`, has all images. */
  readonly folders?: readonly FolderMeaning[];
  /**
   * 1 for grey, 3 for red, green and blue, of whatever an image has, without opacity. Default: all must have those of
   * the first image.
   */
  readonly channels?: 1 | 3;
  /** Height and width in pixels, to which each image is stretched. Default: all must have those of the first. */
  readonly size?: readonly [height: number, width: number];
  readonly name?: string;
}

const ENDINGS: ReadonlySet<string> = new Set([
  '.png',
  '.jpg',
  '.jpeg',
  '.webp',
  '.bmp',
  '.gif',
  '.tif',
  '.tiff',
]);

/**
 * Images as `x`, uint8 [height, width, channels], and their labels as `y`, int32: places of the folders' names in
 * order, over all clients. Clients and images are in the order of their names. Throws a `FileError` for a folder that
 * is not as `folders` says, and when a client is loaded for an image that cannot be read, or has another size
 * or other channels.
 */
export function readImages(folder: string, options: ImagesOptions = {}): Promise<ClientData> {
  return reading({ path: folder }, () => openImages(folder, options));
}

async function openImages(folder: string, options: ImagesOptions): Promise<ClientData> {
  checkOptions('Cannot read images', options, {
    folders: foldersKind,
    channels: ofKind({ need: '1 or 3', fits: (value) => value === 1 || value === 3 }),
    size: sizeKind,
    name: kinds.text,
  });
  const { folders = ['label'], size = null, name = basename(folder) } = options;
  const images = imagesIn(folder, folders, []);
  const labels = [...new Set(images.map(({ label }) => label))].sort();
  const clients = new Map<string, FoundImage[]>();
  for (const image of images) {
    const own = clients.get(image.client) ?? [];
    clients.set(image.client, own);
    own.push(image);
  }
  const ids = [...clients.keys()].sort();
  const first = await shapeOfImage({ path: images[0]!.path, folder });
  const [height, width] = size ?? first.size;
  const form: ImageForm = {
    size: [height, width],
    channels: options.channels ?? (first.channels < 3 ? 1 : 3),
    like: options.channels === undefined ? first : null,
    isStretched: size !== null,
  };
  const isLabelled = folders.includes('label');
  const x = uint8(height, width, form.channels);
  const pixels = height * width * form.channels;
  const rows = async (index: number): Promise<Dataset> => {
    const own = clients.get(ids[index]!)!;
    const data = new Uint8Array(own.length * pixels);
    for (const [row, { path }] of own.entries())
      data.set(await readPixels({ path, folder }, form), row * pixels);
    const y = Int32Array.from(own, ({ label }) => labels.indexOf(label));
    return {
      length: own.length,
      columns: {
        x: { dtype: 'uint8', shape: [own.length, ...(x.shape as readonly number[])], data },
        ...(isLabelled && { y: { dtype: 'int32' as const, shape: [own.length], data: y } }),
      },
    };
  };
  return clientData({
    name,
    size: ids.length,
    element: struct({ x, ...(isLabelled && { y: int32() }) }),
    ...(isLabelled && { meanings: { y: 'categories' as const } }),
    clientId: (index) => ids[index]!,
    rowCount: (index) => clients.get(ids[index]!)!.length,
    rows,
    fingerprint: { labels: labels.join(' '), images: images.length },
  });
}

const foldersKind = ofKind({
  need: "a list of 'label' and 'client', each once at most",
  fits: (value) =>
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((each) => each === 'label' || each === 'client'),
});
const sizeKind = ofKind({
  need: 'height and width in pixels, such as [28, 28]',
  fits: (value) =>
    Array.isArray(value) && value.length === 2 && value.every((each) => Number.isInteger(each) && each > 0),
});

interface FoundImage {
  readonly path: string;
  readonly client: string;
  readonly label: string;
}

/** The images below a folder whose own folders stand for what is left of `folders`. */
function imagesIn(
  path: string,
  folders: readonly FolderMeaning[],
  known: readonly (readonly [FolderMeaning, string])[],
): readonly FoundImage[] {
  const entries = entriesOf(path).filter(({ name }) => !name.startsWith('.'));
  const [meaning, ...inner] = folders;
  if (meaning === undefined) {
    const found = entries.filter((entry) => entry.isFile() && ENDINGS.has(extname(entry.name).toLowerCase()));
    if (found.length === 0) {
      throw new FileError({
        path,
        need: `must have images, files whose names end in ${[...ENDINGS].join(', ')}`,
        got: entries.length === 0 ? 'nothing' : formatList(entries.map(({ name }) => name)),
        remedy: 'Move it elsewhere, or name in folders what each level of folders stands for.',
      });
    }
    const { client = ALL_CLIENT, label = '' } = Object.fromEntries(known);
    return found.map(({ name }) => ({ path: join(path, name), client, label }));
  }
  const below = entries.filter((entry) => entry.isDirectory());
  if (below.length === 0) {
    throw new FileError({
      path,
      need: `must have a folder for each ${meaning}`,
      got: entries.length === 0 ? 'nothing' : formatList(entries.map(({ name }) => name)),
      remedy: "Name in folders what each level of folders stands for, such as ['client', 'label'].",
    });
  }
  return below.flatMap(({ name }) => imagesIn(join(path, name), inner, [...known, [meaning, name]]));
}

function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true }).sort((one, other) => (one.name < other.name ? -1 : 1));
  } catch (cause) {
    throw new FileError({ path, need: 'must be a folder', got: 'none', remedy: `Looked at ${path}.`, cause });
  }
}
