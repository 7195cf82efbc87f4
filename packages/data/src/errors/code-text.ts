// Names and texts as a user writes them in code, so that what a remedy proposes can be copied as it stands.

/** A text in single quotes. */
export function textCode(text: string): string {
  return `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A name as the key of an object: in quotes if it needs them. */
export function keyCode(name: string): string {
  return /^[a-z_$][\w$]*$/i.test(name) ? name : textCode(name);
}
