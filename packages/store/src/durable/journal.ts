// What a durable store is made of besides states: a place where entries are appended for good, and read again.
import type { Line, ReadLines } from './lines.js';

export interface Journal {
  read(): Promise<ReadLines>;
  /**
   * Once resolved the line outlives a crash. After an error it may be there or not; then only the same line is given
   * again.
   */
  append(line: Line): Promise<void>;
  close(): Promise<void>;
}
