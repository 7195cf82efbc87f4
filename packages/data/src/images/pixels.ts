// The pixels of one image file, as bytes of the channels that are wanted. The library that decodes it is loaded with
// the first image.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { thrownWords } from '@starling/federated-core/plan';
import { FileError } from '../errors/file-error.js';

export interface ImageForm {
  /** Height and width. */
  readonly size: readonly [number, number];
  readonly channels: 1 | 3;
  /** The image whose channels all must have; null if they are made of whatever an image has. */
  readonly like: FoundShape | null;
  /** Whether images of other sizes are stretched to this one; else they are refused. */
  readonly isStretched: boolean;
}

/** Channels of a byte each, by the library's numbers of kinds of colours; deeper ones are refused. */
const CHANNELS: readonly (1 | 2 | 3 | 4)[] = [1, 2, 3, 4];
/** In words, as errors show them. */
const COLOURS = {
  1: 'grey',
  2: 'grey with opacity',
  3: 'red, green and blue',
  4: 'red, green and blue with opacity',
} as const;
/** Of red, green and blue in grey: ITU-R BT.601. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** An image of a folder that was asked for, below which errors show it. */
export interface ImagePlace {
  readonly path: string;
  readonly folder: string;
}

export interface FoundShape {
  readonly place: ImagePlace;
  readonly size: readonly [number, number];
  /** As the file has them: 2 and 4 have opacity. */
  readonly channels: 1 | 2 | 3 | 4;
}

/** The size of an image and its channels. Throws a `FileError` if it cannot be read. */
export async function shapeOfImage(place: ImagePlace): Promise<FoundShape> {
  const { transformer, channels } = await opened(place);
  const { height, width } = transformer.metadataSync();
  return { place, size: [height, width], channels };
}

/**
 * Row by row the channels of each pixel, without its opacity. Throws a `FileError` for another size, for other channels
 * than those of `like`, or no image.
 */
export async function readPixels(
  place: ImagePlace,
  { size, channels, like, isStretched }: ImageForm,
): Promise<Uint8Array> {
  const { transformer, channels: found, fill } = await opened(place);
  if (like !== null && found !== like.channels) {
    throw new FileError({
      ...place,
      need: `must be ${COLOURS[like.channels]}, as the first image, ${relative(like.place.folder, like.place.path)}, is`,
      got: COLOURS[found],
      remedy:
        'Say channels: 3 or channels: 1, which makes all images colours or grey and leaves opacity out.',
    });
  }
  const [height, width] = size;
  const { height: ownHeight, width: ownWidth } = transformer.metadataSync();
  if (ownHeight !== height || ownWidth !== width) {
    if (!isStretched) {
      throw new FileError({
        ...place,
        need: `must have ${height} × ${width} pixels, as the first image has`,
        got: `${ownHeight} × ${ownWidth}`,
        remedy: `Say size: [${height}, ${width}], to which all are stretched.`,
      });
    }
    transformer.resize({ width, height, fit: fill });
  }
  return withChannels(
    decoded(place, () => transformer.rawPixelsSync()),
    found,
    channels,
  );
}

async function opened(place: ImagePlace) {
  const { ResizeFit, Transformer } = await import('@napi-rs/image');
  const bytes = readFileSync(place.path);
  const transformer = new Transformer(bytes);
  const { colorType } = decoded(place, () => transformer.metadataSync());
  const channels = CHANNELS[colorType];
  if (channels === undefined) {
    throw new FileError({
      ...place,
      need: 'must have 8 bits a channel',
      got: 'more',
      remedy: 'Convert it, as by magick mogrify -depth 8.',
    });
  }
  return { transformer, channels, fill: ResizeFit.Fill };
}

function decoded<T>(place: ImagePlace, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    throw new FileError({
      ...place,
      need: 'must be a whole image',
      got: thrownWords(cause),
      remedy: 'Check its format, and whether it was copied to its end.',
      cause,
    });
  }
}

function withChannels(bytes: Uint8Array, from: 1 | 2 | 3 | 4, to: 1 | 3): Uint8Array {
  if (from === to) return bytes;
  const pixels = bytes.length / from;
  const result = new Uint8Array(pixels * to);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const at = pixel * from;
    const grey = bytes[at] as number;
    if (from < 3) result.fill(grey, pixel * to, (pixel + 1) * to);
    else if (to === 3)
      for (let each = 0; each < 3; each++) result[pixel * 3 + each] = bytes[at + each] as number;
    else
      result[pixel] = Math.round(
        LUMA.reduce((sum, share, each) => sum + share * (bytes[at + each] as number), 0),
      );
  }
  return result;
}
