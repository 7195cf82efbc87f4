// Circles of a directed graph: its strongly connected components of more than one node.
// Algorithm: R. Tarjan, Depth-first search and linear graph algorithms (1972).

/** Each circle's nodes in alphabetical order, and the circles by their first nodes. */
export function circlesIn(next: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const indexOf = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const circles: string[][] = [];

  const visit = (node: string): void => {
    const index = indexOf.size;
    indexOf.set(node, index);
    lowest.set(node, index);
    const depth = stack.push(node) - 1;
    for (const other of next.get(node) ?? []) {
      if (!indexOf.has(other)) visit(other);
      if (stack.includes(other)) lowest.set(node, Math.min(lowest.get(node)!, lowest.get(other)!));
    }
    if (lowest.get(node) !== index) return;
    const component = stack.splice(depth);
    if (component.length > 1) circles.push(component.sort());
  };

  for (const node of next.keys()) if (!indexOf.has(node)) visit(node);
  return circles.sort(([a], [b]) => (a! < b! ? -1 : 1));
}
