// A linked plan: a round plan, the graphs that it names by content hash, and both as bytes. This is what crosses a
// thread, a socket or a disk; no runtime needs the code it was written in. It is encoded once, when it is made, and
// keeps the bytes.
import type { GraphArtifact } from '@starling/compute/graph';
import type { RoundPlan } from '@starling/federated-core/plan';

export interface LinkedPlan {
  /** SHA-256 (hex) of the manifest, which names every graph by its hash: two equal hashes run the same plan. */
  readonly hash: string;
  /** The plan, with each local computation named by its graph's id. */
  readonly plan: RoundPlan<string>;
  readonly graphs: ReadonlyMap<string, GraphArtifact>;
  /** The plan as JSON in UTF-8 (manifest.ts). */
  readonly manifest: Uint8Array;
  /**
   * What the manifest names: models, kernels and constants by SHA-256 (hex). A decoded plan has those that it was
   * decoded from.
   */
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}
