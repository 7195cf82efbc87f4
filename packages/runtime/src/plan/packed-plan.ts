// A packed plan: a manifest (JSON) and the graphs it names, by content hash. This is what crosses a thread, a
// socket or a disk; no runtime needs the code it was written in.
import type { GraphArtifact } from '@starling/compute';
import type { RoundPlan } from '@starling/federated-core';

export interface PackedPlan {
  /** SHA-256 (hex) of the manifest, which names every graph by its hash: two equal hashes run the same plan. */
  readonly hash: string;
  /** The plan, with each local computation named by its graph's id. */
  readonly plan: RoundPlan<string>;
  readonly graphs: ReadonlyMap<string, GraphArtifact>;
}
