// Errors that a program can tell apart: each carries a stable `code`, and its words say the action, what it
// needs, and what it got.

export class StarlingError extends Error {
  /** Stable across versions; documented in docs/semantics.md. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** A type or placement that does not fit, found while tracing or when values enter. */
export class TypeMismatchError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('type-mismatch', message, options);
  }
}

/** A value that does not fit its type; `path` leads to the part at fault, such as `readings[3].x`. */
export class ValueError extends StarlingError {
  readonly path: string;

  constructor(path: string, message: string, options?: ErrorOptions) {
    super('value-mismatch', message, options);
    this.path = path;
  }
}

/** A computation that no plan can express, such as one whose result stays with the clients. */
export class CompileError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('not-compilable', message, options);
  }
}

/**
 * An aggregate that is undefined: no client reported, or the weights add up to zero. The round fails and the state is
 * kept.
 */
export class EmptyAggregateError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('empty-aggregate', message, options);
  }
}

/** A sum of integers outside the range of its element type. The round fails and the state is kept. */
export class OverflowError extends StarlingError {
  constructor(message: string, options?: ErrorOptions) {
    super('integer-overflow', message, options);
  }
}

/**
 * An aggregate, or the state of a process that asks for a finite one, with a NaN or an infinity. The round fails and
 * the state is kept.
 */
export class NonFiniteError extends StarlingError {
  declare readonly code: 'non-finite-aggregate' | 'non-finite-state';

  constructor(code: 'non-finite-aggregate' | 'non-finite-state', message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/**
 * The same error in other words: of the same class when it is one of the above, with the same code, and `error` as its
 * cause.
 */
export function reworded(error: StarlingError, message: string): StarlingError {
  const options = { cause: error };
  if (error instanceof TypeMismatchError) return new TypeMismatchError(message, options);
  if (error instanceof EmptyAggregateError) return new EmptyAggregateError(message, options);
  if (error instanceof OverflowError) return new OverflowError(message, options);
  if (error instanceof NonFiniteError) return new NonFiniteError(error.code, message, options);
  return new StarlingError(error.code, message, options);
}

/** Codes for which one client's update is refused, while the round continues without it. */
export type RejectionCode =
  | 'non-finite-update'
  | 'non-finite-state'
  | 'invalid-weight'
  | 'out-of-range'
  | 'key-out-of-range'
  | 'too-many-keys'
  | 'norm-too-large'
  | 'weight-too-large'
  | 'wrong-update';

/** One client's update is refused and counts for nothing; the other clients' round continues. */
export class RejectedUpdateError extends StarlingError {
  declare readonly code: RejectionCode;

  constructor(code: RejectionCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
  }
}

/** The refusal of a client that selects a slice that is not there. */
export function keyOutOfRange(key: number, keyBound: number): RejectedUpdateError {
  return new RejectedUpdateError(
    'key-out-of-range',
    `Cannot select slice ${key}: keys must be from 0 to ${keyBound - 1}`,
  );
}
