// What a run knows its engine by, whether it was chosen by a word or made.
import type { Engine } from '@starling/compute';
import { DEFAULT_ENGINE, type EngineChoice } from './engines.js';

/** The word that chose it, or the name that it gives itself; for engines of Starling these are the same. */
export function engineName(given: EngineChoice | Engine = DEFAULT_ENGINE): string {
  return typeof given === 'string' ? given : given.name;
}
