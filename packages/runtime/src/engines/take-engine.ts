// An engine to work on, whether a run chose it by a word or was given one that is made; and who disposes of it.
import type { Engine } from '@starling/compute';
import { createEngine, DEFAULT_ENGINE, type EngineChoice } from './engines.js';

export interface TakenEngine {
  readonly engine: Engine;
  /** Disposes of an engine that was made for this; one that was given stays its owner's to dispose. */
  release(): Promise<void>;
}

/** Throws as `createEngine` does. */
export async function takeEngine(given: EngineChoice | Engine = DEFAULT_ENGINE): Promise<TakenEngine> {
  if (typeof given !== 'string') return { engine: given, async release() {} };
  const engine = await createEngine(given);
  return { engine, release: () => engine.dispose() };
}
