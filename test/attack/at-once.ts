// So many things, so many of them at a time.

export async function atOnce(
  width: number,
  count: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  async function worker(): Promise<void> {
    while (next < count) await act(next++);
  }
  await Promise.all(Array.from({ length: width }, worker));
}
