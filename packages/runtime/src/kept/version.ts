// The version of Starling, as its package says it: part of what must be the same for a run to be taken up again.
import { readFileSync } from 'node:fs';

/** Such as `0.1.0`. */
export const STARLING_VERSION: string = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
  }
).version;
