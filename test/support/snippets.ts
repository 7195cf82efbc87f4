// The code that documents show: each ```ts block is a whole module.
import { readText } from './repository.js';

export function snippetsOf(text: string): readonly string[] {
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)].map((match) => match[1] as string);
}

/** The block of a document whose first line is the comment `// name: …`; throws if there is none. */
export function snippetNamed(document: string, name: string): string {
  const found = snippetsOf(readText(document)).find((code) => code.startsWith(`// ${name}:`));
  if (found === undefined) throw new Error(`${document} has no snippet that opens with '// ${name}:'`);
  return found;
}
