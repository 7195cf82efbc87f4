// Tells the bytes of a client's report from those of another one, so that a report which comes again is known. No more
// than that: who sends two of one digest deceives itself alone. Of a long body some words stand for all, evenly spread:
// an update that is computed anew to other numbers differs nearly everywhere. (FNV-1a, 1991, a word at a time, in two
// lanes.)

const PRIME = 0x01000193;
/** About as many words are read at most; all of a shorter body. */
const MOST_WORDS = 1 << 13;

export function bodyDigest(bytes: Uint8Array): string {
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : new Uint8Array(bytes); // a copy, of a Buffer, too
  const words = new Uint32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
  let even = 0x811c9dc5;
  let odd = 0x9e3779b9;
  let index = 0;
  const stride = 2 * Math.max(1, Math.floor(words.length / MOST_WORDS));
  for (; index + 1 < words.length; index += stride) {
    even = Math.imul(even ^ words[index]!, PRIME);
    odd = Math.imul(odd ^ words[index + 1]!, PRIME) ^ (even >>> 15);
  }
  if (index < words.length) even = Math.imul(even ^ words[index]!, PRIME);
  for (let rest = words.length * 4; rest < bytes.length; rest++) odd = Math.imul(odd ^ bytes[rest]!, PRIME);
  return `${bytes.length} ${even >>> 0} ${odd >>> 0}`;
}
