// Why a kernel graph that came from elsewhere is refused.

/** `malformed`: it is no such graph. `too-large`: running it would take more memory than the reader allows. */
export type KernelGraphErrorCode = 'malformed' | 'too-large';

export class KernelGraphError extends RangeError {
  override readonly name = 'KernelGraphError';

  constructor(
    readonly code: KernelGraphErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
