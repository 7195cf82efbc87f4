// What a user says of a file that is read as tables.
export interface TablesOptions<Name extends string = string> {
  /** The column that says whose row it is. Without it, one client, `all`, has all rows. */
  readonly client?: string;
  /**
   * The columns that are wanted, in that order; all but the client's by default. Named here, the compiler knows them as
   * well.
   */
  readonly columns?: readonly Name[];
  /** Texts that mark a missing value, such as `['?', 'NA']`; an empty cell and null do so always. */
  readonly marks?: readonly string[];
  /** The name of the tables; the file's, without its ending, by default. */
  readonly name?: string;
}
