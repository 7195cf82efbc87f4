// The `threads` runtime.
import type { EngineChoice } from '../engine-choice.js';
import type { Runtime } from '../runtime.js';

export interface ThreadsOptions {
  /** Threads that compute, each with an engine of its own. Default: as many as there are cores. */
  readonly workers?: number;
  readonly engine?: EngineChoice;
}

export declare function threadsRuntime(options?: ThreadsOptions): Runtime;
