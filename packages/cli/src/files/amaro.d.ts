// amaro 0.1 is the last of its line for Node 20 and ships no types: the one function that is used here.
declare module 'amaro' {
  export function transformSync(
    source: string,
    options: { readonly mode: 'strip-only' },
  ): { readonly code: string };
}
