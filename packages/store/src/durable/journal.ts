// What a durable store is made of besides states: a place where entries are appended for good, and read again.
import type { Damage } from '../runs/run-store.js';
import type { Line, ReadLines } from './lines.js';

export interface Journal {
  read(): Promise<ReadLines>;
  /**
   * Once resolved the line outlives a crash. After an error it may be there or not; then only the same line is given
   * again.
   */
  append(line: Line): Promise<void>;
  /** What is wrong with copies of lines, where some are kept beside them; of the lines themselves `read` says it. */
  verifyCopies(): Promise<readonly Damage[]>;
  close(): Promise<void>;
}
