// A linked plan from bytes. Decoding trusts nothing: the manifest is checked by zod, every blob by its hash
// and length, and the plan by `checkPlan`.
import type { Engine } from '@starling/compute';
import type { GraphArtifact } from '@starling/compute/graph';
import type { Tensor, TensorType, Type } from '@starling/federated-core';
import {
  type Aggregation,
  decodeKind,
  type Instruction,
  type KindAndSettings,
  type LocalProgram,
  leafTypes,
  parseType,
  type RoundPlan,
} from '@starling/federated-core/plan';
import { checkPlan } from '../linked/check-plan.js';
import type { LinkedPlan } from '../linked/linked-plan.js';
import { graphsOf } from '../linked/map-plan.js';
import { PlanError } from '../linked/plan-error.js';
import { decodeLeaves } from '../safetensors/safetensors.js';
import { sha256Hex } from '../safetensors/sha256.js';
import {
  type BlobReference,
  type Manifest,
  type ManifestInstruction,
  type ManifestProgram,
  manifestSchema,
} from './manifest.js';

export interface DecodeOptions {
  /** `work` builds only the graphs that clients run, and needs no other blobs. Default `all`. */
  readonly graphs?: 'all' | 'work';
}

/** The manifest of a plan, checked; throws a `PlanError`. */
export function decodeManifest(bytes: Uint8Array): Manifest {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new PlanError('Cannot read a plan: the manifest must be JSON in UTF-8', { cause });
  }
  const parsed = manifestSchema.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new PlanError(`Cannot read a plan: ${issue?.path.join('.')}: ${issue?.message}`, {
    cause: parsed.error,
  });
}

/**
 * The blobs that a client needs to run a plan's work on an engine that needs the ONNX models of graphs, or their
 * kernels. A graph that has no ONNX model is given by its kernels.
 */
export function workBlobs(manifest: Manifest, needs: Engine['needs'] = 'onnx'): readonly BlobReference[] {
  const used = new Set(
    [
      ...(manifest.clientState === undefined ? [] : [manifest.clientState.initialize]),
      ...manifest.phases.map(({ work }) => work),
    ].flatMap(({ instructions }) => instructions.flatMap((each) => ('graph' in each ? [each.graph] : []))),
  );
  const references = manifest.graphs
    .filter(({ id }) => used.has(id))
    .map(({ kernels, onnx }) => (needs === 'onnx' && onnx !== null ? onnx : kernels));
  if (manifest.constants !== null) references.push(manifest.constants);
  return [...new Map(references.map((reference) => [reference.sha256, reference])).values()];
}

/**
 * The plan of a manifest and its blobs. A graph's kernels may be missing where its ONNX model is there, and
 * the other way round: kernels are then empty, and `onnx` is `null`. Throws a `PlanError` for anything else
 * that is missing, has another hash or length, or makes no sound plan.
 */
export function decodePlan(
  bytes: Uint8Array,
  blobs: ReadonlyMap<string, Uint8Array>,
  { graphs: wanted = 'all' }: DecodeOptions = {},
): LinkedPlan {
  const manifest = decodeManifest(bytes);
  const store = new BlobStore(manifest.name, blobs);
  const decoder = new PlanDecoder(
    manifest,
    manifest.constants === null ? [] : decodeLeaves(store.need(manifest.constants)),
  );
  const plan = decoder.plan();
  const signatures = new Map(
    manifest.graphs.map(({ id, parameter, result }) => [
      id,
      { parameter: parameter === null ? null : typeOf(parameter), result: typeOf(result) },
    ]),
  );
  checkPlan(plan, signatures);
  const used = new Set(graphsOf(plan, wanted === 'all' ? ['client', 'server', 'aggregation'] : ['client']));
  const graphs = new Map<string, GraphArtifact>();
  for (const graph of manifest.graphs) {
    if (!used.has(graph.id)) continue;
    const onnx = graph.onnx === null ? null : (store.find(graph.onnx) ?? null);
    const kernels =
      onnx === null ? store.need(graph.kernels) : (store.find(graph.kernels) ?? new Uint8Array(0));
    graphs.set(graph.id, { ...graph, ...signatures.get(graph.id)!, kernels, onnx });
  }
  return { hash: sha256Hex(bytes), plan, graphs, manifest: bytes, blobs };
}

/** Blobs that are what their names say. */
class BlobStore {
  constructor(
    private readonly planName: string,
    private readonly blobs: ReadonlyMap<string, Uint8Array>,
  ) {}

  find({ sha256, bytes }: BlobReference): Uint8Array | undefined {
    const blob = this.blobs.get(sha256);
    if (blob === undefined || (blob.length === bytes && sha256Hex(blob) === sha256)) return blob;
    throw new PlanError(`Cannot read plan '${this.planName}': blob ${sha256} holds other bytes`);
  }

  need(reference: BlobReference): Uint8Array {
    const blob = this.find(reference);
    if (blob !== undefined) return blob;
    throw new PlanError(`Cannot read plan '${this.planName}': blob ${reference.sha256} is missing`);
  }
}

class PlanDecoder {
  constructor(
    private readonly manifest: Manifest,
    private readonly constants: readonly Tensor[],
  ) {}

  plan(): RoundPlan<string> {
    const { name, laneSize, serverInput, clientInput, clientState, result, phases, apply } = this.manifest;
    return {
      name,
      laneSize,
      serverInput: typeOf(serverInput),
      clientInput: typeOf(clientInput),
      result: typeOf(result),
      ...(clientState !== undefined && {
        clientState: {
          ...clientState,
          type: typeOf(clientState.type),
          initialize: this.program(clientState.initialize),
        },
      }),
      phases: phases.map((phase) => ({
        prepare: this.program(phase.prepare),
        broadcast: typeOf(phase.broadcast),
        selections: (phase.selections ?? []).map(({ served, slice, ...each }) => ({
          ...each,
          served: typeOf(served),
          slice: typeOf(slice),
        })),
        work: this.program(phase.work),
        aggregations: phase.aggregations.map(
          ({ kind, settings, ifEmpty, operators, update, result: aggregate }): Aggregation<string> => ({
            ...this.kind(kind, settings),
            update: typeOf(update),
            result: typeOf(aggregate),
            ...(ifEmpty && { ifEmpty: ifEmpty.map((index) => this.constant(index)) }),
            ...(operators && {
              operators: {
                zero: this.program(operators.zero),
                accumulate: this.program(operators.accumulate),
                merge: this.program(operators.merge),
                report: this.program(operators.report),
              },
            }),
          }),
        ),
      })),
      apply: this.program(apply),
    };
  }

  private kind(...[kind, settings]: Parameters<typeof decodeKind>): KindAndSettings {
    try {
      return decodeKind(kind, settings);
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new PlanError(`Cannot read plan '${this.manifest.name}': ${reason}`, { cause });
    }
  }

  private program({ inputs, instructions, outputs }: ManifestProgram): LocalProgram<string> {
    return { inputs, instructions: instructions.map((each) => this.instruction(each)), outputs };
  }

  private instruction(each: ManifestInstruction): Instruction<string> {
    switch (each.op) {
      case 'constant':
        return { op: 'constant', value: this.constant(each.value) };
      case 'map':
      case 'select':
        return { ...each, result: each.result.map(leafOf) };
      case 'sum':
        return { ...each, element: each.element.map(leafOf) };
      case 'call':
      case 'reduce':
      case 'random':
        return each;
    }
  }

  private constant(index: number): Tensor {
    const found = this.constants[index];
    if (found !== undefined) return found;
    throw new PlanError(`Cannot read plan '${this.manifest.name}': constant ${index} is missing`);
  }
}

function typeOf(text: string): Type {
  try {
    const type = parseType(text);
    leafTypes(type); // refuses functions, type variables and sequences of sequences
    return type;
  } catch (cause) {
    throw new PlanError(`Cannot read a plan: '${text.slice(0, 100)}' must be a type of values`, { cause });
  }
}

function leafOf(text: string): TensorType {
  const type = typeOf(text);
  if (type.kind !== 'tensor') {
    throw new PlanError(`Cannot read a plan: '${text.slice(0, 100)}' must be a tensor type`);
  }
  return type;
}
