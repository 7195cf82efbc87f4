// A client that a round does without, as machines, stores and records of rounds say it.

/** A client of a cohort that did not count. */
export interface LostClient {
  readonly client: string;
  /** `rejected`: its update was refused. `dropped`: none came. */
  readonly status: 'rejected' | 'dropped';
  /** A `RejectionCode`, or another code of the wire. */
  readonly code: string;
  /** In which it was lost, from 0; it counts in those before. Left out of the first. */
  readonly phase?: number;
}
