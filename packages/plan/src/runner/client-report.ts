// What became of a client in a phase, as a runtime reports it.
/** What became of one client of a cohort in one phase. */
export type ClientReport =
  | {
      readonly client: string;
      readonly status: 'accepted';
      /** It had lost its state, and began with its first one again; left out if not. */
      readonly restarted?: true;
    }
  /** Its update was refused, such as for a NaN or a negative weight; it counts for nothing. */
  | { readonly client: string; readonly status: 'rejected'; readonly code: string; readonly reason: string }
  /** Nothing arrived in time, or it failed. */
  | { readonly client: string; readonly status: 'dropped'; readonly code: string; readonly reason: string };
