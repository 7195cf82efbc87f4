// The contract of a module that makes an engine: a file of this folder, or any module that a run names.
import type { Engine } from '@starling/compute';
import type { MaybePromise } from '@starling/federated-core/plan';

export interface EngineModule {
  /** Makes the engine on this thread; throws if what it needs is not installed. */
  createEngine(): MaybePromise<Engine>;
  /** Whether one thread must have made its engine before others begin. Default: no. */
  readonly startsAlone?: boolean;
  /** Whether the main thread may be one of the workers, where rounds are short. Default: no. */
  readonly worksOnMain?: boolean;
}
