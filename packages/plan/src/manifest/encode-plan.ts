// A plan and its graphs to bytes: the manifest's JSON, and its blobs by SHA-256. `decode-plan.ts` reads them back.
import { formatType, type Tensor } from '@starling/federated-core';
import {
  type Aggregation,
  type ClientState,
  encodeSettings,
  type Instruction,
  type LocalProgram,
  type Phase,
  type Selection,
} from '@starling/federated-core/plan';
import type { LinkedPlan } from '../linked/linked-plan.js';
import { encodeLeaves } from '../safetensors/safetensors.js';
import { sha256Hex } from '../safetensors/sha256.js';
import {
  type BlobReference,
  type Manifest,
  type ManifestInstruction,
  type ManifestProgram,
  PLAN_FORMAT_VERSION,
} from './manifest.js';

/** The plan with its bytes; equal plans give equal bytes. */
export function encodePlan({ plan, graphs }: Pick<LinkedPlan, 'plan' | 'graphs'>): LinkedPlan {
  const blobs = new Map<string, Uint8Array>();
  const store = (bytes: Uint8Array): BlobReference => {
    const sha256 = sha256Hex(bytes);
    blobs.set(sha256, bytes);
    return { sha256, bytes: bytes.length };
  };
  const encoder = new PlanEncoder();
  const clientState = encoder.clientState(plan.clientState);
  const phases = plan.phases.map((phase) => encoder.phase(phase));
  const apply = encoder.program(plan.apply);
  const manifest: Manifest = {
    format: 'starling-plan',
    version: PLAN_FORMAT_VERSION,
    name: plan.name,
    laneSize: plan.laneSize,
    serverInput: formatType(plan.serverInput),
    clientInput: formatType(plan.clientInput),
    result: formatType(plan.result),
    ...(clientState !== undefined && { clientState }),
    phases,
    apply,
    graphs: Array.from(graphs.values(), (graph) => ({
      id: graph.id,
      name: graph.name,
      parameter: graph.parameter === null ? null : formatType(graph.parameter),
      result: formatType(graph.result),
      kernels: store(graph.kernels),
      onnx: graph.onnx === null ? null : store(graph.onnx),
      ...(graph.onnxReason === undefined ? {} : { onnxReason: graph.onnxReason }),
      feeds: graph.feeds as Manifest['graphs'][number]['feeds'],
    })),
    constants: encoder.constants.length === 0 ? null : store(encodeLeaves(encoder.constants)),
  };
  const bytes = new TextEncoder().encode(JSON.stringify(manifest));
  return { hash: sha256Hex(bytes), plan, graphs, manifest: bytes, blobs };
}

type ManifestPhase = Manifest['phases'][number];

/** Parts of a plan as parts of a manifest; tensors met on the way are gathered in `constants`. */
class PlanEncoder {
  readonly constants: Tensor[] = [];

  clientState(state: ClientState<string> | undefined): Manifest['clientState'] {
    if (state === undefined) return undefined;
    return { ...state, type: formatType(state.type), initialize: this.program(state.initialize) };
  }

  phase({ prepare, broadcast, selections, work, aggregations }: Phase<string>): ManifestPhase {
    return {
      prepare: this.program(prepare),
      broadcast: formatType(broadcast),
      ...(selections.length > 0 && { selections: selections.map(encodeSelection) }),
      work: this.program(work),
      aggregations: aggregations.map((aggregation) => this.aggregation(aggregation)),
    };
  }

  program({ inputs, instructions, outputs }: LocalProgram<string>): ManifestProgram {
    return {
      inputs,
      instructions: instructions.map((each) => this.instruction(each)),
      outputs: [...outputs],
    };
  }

  private aggregation(each: Aggregation<string>): ManifestPhase['aggregations'][number] {
    return {
      kind: each.kind,
      update: formatType(each.update),
      result: formatType(each.result),
      ...(each.ifEmpty && { ifEmpty: each.ifEmpty.map((leaf) => this.constant(leaf)) }),
      ...(each.operators && {
        operators: {
          zero: this.program(each.operators.zero),
          accumulate: this.program(each.operators.accumulate),
          merge: this.program(each.operators.merge),
          report: this.program(each.operators.report),
        },
      }),
      ...(each.settings && { settings: encodeSettings(each.settings) }),
    };
  }

  private instruction(each: Instruction<string>): ManifestInstruction {
    // Rebuilt field by field, so that the JSON has one order of keys wherever the plan came from.
    switch (each.op) {
      case 'constant':
        return { op: each.op, value: this.constant(each.value) };
      case 'call': {
        const { op, graph, inputs, outputs, salt } = each;
        return { op, graph, inputs: [...inputs], outputs, salt };
      }
      case 'reduce': {
        const { op, graph, sequence, initial, salt } = each;
        return { op, graph, sequence: [...sequence], initial: [...initial], salt };
      }
      case 'map': {
        const { op, graph, sequence, result, salt } = each;
        return { op, graph, sequence: [...sequence], result: result.map(formatType), salt };
      }
      case 'sum':
        return { op: each.op, sequence: [...each.sequence], element: each.element.map(formatType) };
      case 'select': {
        const { op, graph, inputs, keys, keyBound, result, salt } = each;
        return { op, graph, inputs: [...inputs], keys, keyBound, result: result.map(formatType), salt };
      }
      case 'random':
        return { op: each.op, salt: each.salt };
    }
  }

  private constant(tensor: Tensor): number {
    return this.constants.push(tensor) - 1;
  }
}

function encodeSelection({ keys, served, graph, slice, salt }: Selection<string>) {
  const { phase, aggregation } = keys;
  return {
    keys: { phase, aggregation },
    served: formatType(served),
    graph,
    slice: formatType(slice),
    salt,
  };
}
