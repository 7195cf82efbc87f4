// Warnings: what works, but hardly as it was meant. One line on the console, once for each place in the user's code.
import { atLocation, userLocation } from './source-location.js';

/** Every host of JavaScript has one; types of a host are not known here. */
declare const console: { warn(text: string): void };

const given = new Set<string>();

/** Warns by `console.warn`, with the user's line where there is one; a sentence of one line once only. */
export function warnOnce(sentence: string): void {
  const words = `Starling: ${sentence}${atLocation(userLocation())}`;
  if (given.has(words)) return;
  given.add(words);
  console.warn(words);
}
