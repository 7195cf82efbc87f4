// A Parquet file through hyparquet: its columns and kinds, and their values, one stretch of rows at a time. The library
// is loaded when a file is opened, so that nobody else pays for it.
import { thrownWords } from '@starling/federated-core/plan';
import type { FileMetaData, SchemaElement } from 'hyparquet';
import { FileError } from '../errors/file-error.js';
import { type DataFile, dataFile } from '../files/data-file.js';

export interface ParquetFile {
  readonly file: DataFile;
  readonly rows: number;
  readonly names: readonly string[];
  /** The columns that hold points in time; their values come as milliseconds since 1970. */
  readonly times: ReadonlySet<string>;
  /** Calls `use` with stretches of a column's values and the row with which each begins, in order. */
  eachStretch(column: string, use: (values: ArrayLike<unknown>, firstRow: number) => void): Promise<void>;
}

/** Throws a `FileError` if it is no Parquet file, or not a whole one. */
export async function parquetFile(path: string): Promise<ParquetFile> {
  const file = dataFile(path);
  const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
  const { compressors } = await import('hyparquet-compressors');
  const buffer = {
    byteLength: file.bytes,
    slice: (begin: number, end: number = file.bytes): ArrayBuffer => {
      const bytes = new Uint8Array(Math.max(0, Math.min(end, file.bytes) - begin));
      file.read(bytes, begin);
      return bytes.buffer;
    },
  };
  const metadata: FileMetaData = await parquetMetadataAsync(buffer).catch((cause: unknown) => {
    throw new FileError({
      path,
      need: 'must be a whole Parquet file',
      got: thrownWords(cause),
      remedy: 'Check its format, and whether it was copied to its end.',
      cause,
    });
  });
  const fields = parquetSchema(metadata).children.map(({ element }) => element);
  const eachStretch: ParquetFile['eachStretch'] = async (column, use) => {
    let firstRow = 0;
    for (const { num_rows } of metadata.row_groups) {
      const rowEnd = firstRow + Number(num_rows);
      let next = firstRow;
      try {
        await parquetRead({
          file: buffer,
          metadata,
          columns: [column],
          rowStart: firstRow,
          rowEnd,
          compressors,
          parsers: PARSERS,
          onChunk: ({ columnData }) => {
            use(columnData, next);
            next += columnData.length;
          },
        });
      } catch (cause) {
        if (cause instanceof FileError) throw cause;
        throw new FileError({
          path,
          row: firstRow + 1,
          column,
          need: 'must be readable from there on',
          got: thrownWords(cause),
          remedy: 'Write the file anew, or leave the column out of columns.',
          cause,
        });
      }
      firstRow = rowEnd;
    }
  };
  return {
    file,
    rows: Number(metadata.num_rows),
    names: fields.map(({ name }) => name),
    times: new Set(fields.filter(isTime).map(({ name }) => name)),
    eachStretch,
  };
}

/** Times as milliseconds: a number takes less memory than a date. */
const PARSERS = {
  timestampFromMilliseconds: (millis: bigint) => Number(millis),
  timestampFromMicroseconds: (micros: bigint) => Number(micros) / 1e3,
  timestampFromNanoseconds: (nanos: bigint) => Number(nanos) / 1e6,
  dateFromDays: (days: number) => days * 86_400_000,
};

function isTime({ type, logical_type, converted_type }: SchemaElement): boolean {
  return (
    type === 'INT96' ||
    logical_type?.type === 'TIMESTAMP' ||
    logical_type?.type === 'DATE' ||
    converted_type === 'DATE' ||
    converted_type?.startsWith('TIMESTAMP') === true
  );
}
