// The key of a node: what it means. Nodes of one key make the same.
import { StarlingError } from '@starling/federated-core';
import type { Artifact } from '../artifacts/artifact.js';
import { canonical, sha256 } from '../artifacts/canonical.js';
import type { BuiltPipeline } from '../define/define-pipeline.js';
import type { Node, Prepared } from '../nodes/node.js';

/** Bumped when components make other files of the same inputs. */
const VERSION = 2;

export function keyOf(
  node: Node,
  { identity, earlier = {} }: Prepared,
  inputs: Readonly<Record<string, Artifact>>,
  seed: number,
): string {
  const ids = (artifacts: Readonly<Record<string, Artifact | null>>) =>
    Object.fromEntries(Object.entries(artifacts).map(([name, artifact]) => [name, artifact?.id ?? null]));
  return sha256(
    canonical({
      version: VERSION,
      component: node.component,
      identity,
      inputs: ids(inputs),
      earlier: ids(earlier),
      seed,
    }),
  );
}

export function known(
  artifacts: Readonly<Record<string, Artifact | null>>,
): Readonly<Record<string, Artifact>> {
  return Object.fromEntries(
    Object.entries(artifacts).filter((entry): entry is [string, Artifact] => entry[1] !== null),
  );
}

/** These nodes and all that they need. Throws a `StarlingError` for a name that no node has. */
export function neededFor({ name, nodes }: BuiltPipeline, only: readonly string[]): readonly Node[] {
  const needed = new Set<Node>();
  const add = (node: Node): void => {
    if (needed.has(node)) return;
    needed.add(node);
    for (const input of Object.values(node.inputs)) add(input);
  };
  for (const wanted of only) {
    const found = nodes.find((node) => node.name === wanted);
    if (found === undefined) {
      throw new StarlingError(
        'bad-node',
        `Cannot run '${name}': need nodes among ${nodes.map((node) => node.name).join(', ')}, got '${wanted}'`,
      );
    }
    add(found);
  }
  return nodes.filter((node) => needed.has(node));
}
