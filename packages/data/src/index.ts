// Your data: readers of files, client by client, and what a file holds.

export { readArrays } from './arrays/read-arrays.js';
export { type NpzOptions, readNpz } from './arrays/read-npz.js';
export type { CategoriesType, ColumnType, TextType } from './columns/column-type.js';
export { categories, text } from './columns/column-type.js';
export type { MissingOptions, TableOptions } from './columns/table-options.js';
export type { TablesOptions } from './columns/tables-options.js';
export * from './columns/text.js';
export { type CsvOptions, readCsv } from './csv/read-csv.js';
export { FileError, type FilePlace } from './errors/file-error.js';
export * from './folders/read-folder.js';
export * from './formats/inspect-data.js';
export * from './formats/read-tables.js';
export { type FolderMeaning, type ImagesOptions, readImages } from './images/read-images.js';
export type { ClientsReport, ColumnReport, DataReport } from './inspect/data-report.js';
export { type JsonLinesOptions, readJsonLines } from './json/read-json-lines.js';
export { type LeafOptions, readLeaf } from './json/read-leaf.js';
export { type ParquetOptions, readParquet } from './parquet/read-parquet.js';
export { readSqlite, type SqliteOptions } from './sqlite/read-sqlite.js';
