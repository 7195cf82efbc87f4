// What is wrong with a file: the place in it, what had to stand there, what stood there, and what to do about it.
import { basename, relative } from 'node:path';
import { StarlingError } from '@starling/federated-core';

/** Where in a file: what is known of it. Lines and rows count from 1. */
export interface FilePlace {
  readonly path: string;
  readonly line?: number;
  /** Of formats without lines. */
  readonly row?: number;
  readonly client?: string;
  readonly column?: string;
}

export interface FileFault extends FilePlace {
  /** Completes the place: `must be a number`, `has no value`. */
  readonly need: string;
  /** What stood there, as it is to be shown. */
  readonly got?: string;
  /** A sentence: what to write or change. */
  readonly remedy: string;
  /** The folder that was asked for: a file of it is shown by its path below it, since names may come again. */
  readonly folder?: string;
  readonly cause?: unknown;
}

/** A file that cannot be read as data: `bad-file`. Nothing of it has been used. */
export class FileError extends StarlingError implements FilePlace {
  readonly path: string;
  readonly line?: number;
  readonly row?: number;
  readonly client?: string;
  readonly column?: string;
  readonly remedy: string;

  constructor({ need, got, remedy, folder, cause, ...place }: FileFault) {
    const file = folder === undefined ? basename(place.path) : relative(folder, place.path);
    const where = placeText(place);
    const actual = got === undefined ? '' : `, got ${got}`;
    super(
      'bad-file',
      `Cannot read ${file}: ${where === '' ? 'it' : where} ${need}${actual}. ${remedy}`,
      cause === undefined ? undefined : { cause },
    );
    Object.assign(this, place);
    this.path = place.path;
    this.remedy = remedy;
  }
}

function placeText({ line, row, client, column }: FilePlace): string {
  const parts = [
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(row === undefined ? [] : [`row ${row}`]),
    ...(client === undefined ? [] : [`client '${client}'`]),
    ...(column === undefined ? [] : [`column '${column}'`]),
  ];
  return parts.join(', ');
}

/** Text from a file as an error shows it: in quotes, on one line, cut after 40 signs. */
export function quoted(text: string): string {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is to be shown
  return `'${shown.replace(/[\u0000-\u001f\u007f]/g, (sign) => JSON.stringify(sign).slice(1, -1))}'`;
}
