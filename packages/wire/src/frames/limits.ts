// What a reader of the wire allows before it allocates anything. Both sides keep to the same defaults; the
// limit of a body comes from the plan.

/** The largest part of a body in one frame, bytes. Small enough that a heartbeat never waits long behind one. */
export const CHUNK_BYTES = 256 * 1024;
/** The largest control part, bytes. */
const MAX_CONTROL_BYTES = 64 * 1024;
/** The largest blob, plan or broadcast, bytes. */
export const MAX_BODY_BYTES = 1024 * 1024 * 1024;
/** Bodies that one sender may have open at once. */
const MAX_STREAMS = 4;

export interface WireLimits {
  readonly maxControlBytes: number;
  readonly maxPartBytes: number;
  readonly maxBodyBytes: number;
  readonly maxStreams: number;
}

export const defaultLimits: WireLimits = {
  maxControlBytes: MAX_CONTROL_BYTES,
  maxPartBytes: CHUNK_BYTES,
  maxBodyBytes: MAX_BODY_BYTES,
  maxStreams: MAX_STREAMS,
};
