// Reasons as they go into messages and logs: a line of text for people, of bounded length, whatever bytes of another
// end it quotes.

/** The longest reason, in UTF-16 code units. */
export const MAX_REASON = 300;

/** What would move a cursor, break a line or turn the direction of writing, and halves of characters. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** The text with such characters escaped, cut to `MAX_REASON`; a text that is that already is given back as it is. */
export function boundReason(text: string): string {
  const escaped = text
    .slice(0, MAX_REASON + 1)
    .replace(UNSEEN, (each) => SHORT[each] ?? `\\u{${each.codePointAt(0)!.toString(16)}}`);
  if (escaped.length <= MAX_REASON) return escaped;
  return `${escaped.slice(0, MAX_REASON - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
