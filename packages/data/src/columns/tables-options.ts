// What a user says of a file that is read as tables.
export interface TablesOptions {
  /** The column that says whose row it is. Without it, one client, `all`, has all rows. */
  readonly client?: string;
  /** The columns that are wanted, in that order; all but the client's by default. */
  readonly columns?: readonly string[];
  /** Texts that mark a missing value, such as `['?', 'NA']`; an empty cell and null do so always. */
  readonly marks?: readonly string[];
  /** The name of the tables; the file's, without its ending, by default. */
  readonly name?: string;
}
