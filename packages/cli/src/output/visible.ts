// Text of users and of their errors, made safe to show: signs that would steer a terminal, or turn the order of what
// is read, are shown as they are written in code.

/** Controls (C0, DEL, C1), and what sets the direction of text or ends a line unseen. */
const STEERING = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/** `\u001b` for an escape sign; ends of lines and tabs stay. JSON stays the same JSON. */
export function visible(text: string): string {
  return text.replace(STEERING, (sign) =>
    sign === '\n' || sign === '\t' ? sign : `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
