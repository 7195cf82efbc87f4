// Long types on several lines: a struct that does not fit in the width puts each field on a line of its own.

/** `text` is a type in compact notation; lines after the first start at column `indent`, and end before `width`. */
export function layoutType(text: string, indent: number, width: number): string {
  const struct = /^<(.*)>(\**(?:@(?:CLIENTS|SERVER)(?: revealing)?)?)$/s.exec(text);
  if (indent + text.length <= width || struct === null) return text;
  const [, inside = '', suffix = ''] = struct;
  const gap = `\n${' '.repeat(indent + 2)}`;
  const fields = splitFields(inside).map((field) => {
    const [, name = '', type = ''] = /^(\w+=)?(.*)$/s.exec(field) ?? [];
    return name + layoutType(type, indent + 2, width - name.length);
  });
  return `<${gap}${fields.join(`,${gap}`)}\n${' '.repeat(indent)}>${suffix}`;
}

/** Splits at the commas outside all brackets. */
function splitFields(text: string): readonly string[] {
  const fields: string[] = [];
  let depth = 0;
  let start = 0;
  for (const [index, sign] of [...text].entries()) {
    if ('<[{('.includes(sign)) depth++;
    else if ('>]})'.includes(sign)) depth--;
    else if (sign === ',' && depth === 0) {
      fields.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...fields, text.slice(start)];
}
