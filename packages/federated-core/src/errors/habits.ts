// Methods that a user expects of an object, from other libraries, and that it has not: called, they say what stands for
// them, in place of a TypeError. They are not enumerable, and TypeScript knows none of them.

/** Defines each method of `sentences` on `target`: it throws what `refuse` makes of the method and its sentence. */
export function refuseMethods(
  target: object,
  sentences: Readonly<Record<string, string>>,
  refuse: (method: string, sentence: string) => Error,
): void {
  for (const [method, sentence] of Object.entries(sentences)) {
    Object.defineProperty(target, method, {
      configurable: true,
      value: () => {
        throw refuse(method, sentence);
      },
    });
  }
}
