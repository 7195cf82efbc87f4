// An engine on ONNX sessions, whichever runtime makes them: it is given onnxruntime's sessions and tensors, for Node or
// for browsers. One thread; sessions of a graph are kept for the engine's life, since creating and releasing sessions
// leaks.
import type { Seed, Tensor } from '@starling/federated-core';
import { leafTypes, sizeOf } from '@starling/federated-core/plan';
import { fitToMachine, probeBlockSize } from '@starling/onnx/machine';
import { checkArgument, type LeafSpec } from '../../engine/check-argument.js';
import type { Engine, LoadedGraph } from '../../engine/engine.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import { bindFeeds } from '../../graph/feeds/bind-feeds.js';
import type { Feed } from '../../graph/feeds/feeds.js';
import { withIndexInWords } from '../../graph/refused-indices.js';
import { freeBuffers, isLarge } from './free-buffers.js';

/** What an engine needs of onnxruntime: `onnxruntime-node` and `onnxruntime-web` both have it. */
export type Ort = Pick<typeof import('onnxruntime-node'), 'InferenceSession' | 'Tensor'>;
type Session = import('onnxruntime-node').InferenceSession;
type OrtTensor = import('onnxruntime-node').Tensor;

/** An engine that runs graphs on sessions of `ort`; `description` is what it calls itself in logs. */
export async function createSessionEngine(ort: Ort, description: string): Promise<Engine> {
  const sessions = new Map<string, GraphSessions>();
  const blockSize = await probeBlockSize((model, input) => runOnce(ort, model, input));
  return {
    name: 'onnx',
    needs: 'onnx',
    description,
    async load(artifact) {
      // onnxruntime takes no model without outputs, such as the start of an optimizer that keeps no state.
      if (leafTypes(artifact.result).length === 0) return { run: () => [], dispose() {} };
      let own = sessions.get(artifact.id);
      if (!own) {
        own = new GraphSessions(ort, modelOf(artifact), blockSize);
        sessions.set(artifact.id, own);
      }
      return loadedGraph(ort, artifact, own, await own.fitted());
    },
    async dispose() {
      const created = [...sessions.values()];
      sessions.clear();
      for (const each of created) await each.release();
    },
  };
}

const SESSION_OPTIONS = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  // Errors reach the caller as exceptions; onnxruntime need not print them too.
  logSeverityLevel: 4,
  // Products that transpose as they go are slower than a transpose and a plain product: 1.5 ms against 1.2 in the CNN.
  extra: { optimization: { disable_specified_optimizers: 'MatmulTransposeFusion' } },
} as const;

function modelOf({ onnx, onnxReason, name }: GraphArtifact): Uint8Array {
  if (onnx) return onnx;
  throw new Error(`Cannot load '${name}' on the onnx engine: ${onnxReason ?? 'it has no ONNX model'}`);
}

/** The sessions of one graph, each made when it is first asked for. */
class GraphSessions {
  #fitted: Promise<Session> | null = null;
  #plain: Promise<Session> | null = null;

  constructor(
    private readonly ort: Ort,
    private readonly model: Uint8Array,
    private readonly blockSize: number | null,
  ) {}

  /**
   * For datasets of a step or more. What is fitted uses operators of this build of onnxruntime; where they are missing,
   * `plain`.
   */
  fitted(): Promise<Session> {
    const { ort, model, blockSize } = this;
    this.#fitted ??= ort.InferenceSession.create(fitToMachine(model, blockSize), SESSION_OPTIONS).catch(() =>
      this.plain(),
    );
    return this.#fitted;
  }

  /** The model as it came. */
  plain(): Promise<Session> {
    this.#plain ??= this.ort.InferenceSession.create(this.model, SESSION_OPTIONS);
    return this.#plain;
  }

  async release(): Promise<void> {
    const created = new Set(await Promise.all([this.#fitted, this.#plain]));
    for (const session of created) await session?.release();
  }
}

async function runOnce(ort: Ort, model: Uint8Array, input: Tensor): Promise<Tensor> {
  const session = await ort.InferenceSession.create(model, SESSION_OPTIONS);
  const results = await session.run({ [session.inputNames[0] as string]: toOrt(ort, input) });
  const result = fromOrt(results[session.outputNames[0] as string] as OrtTensor);
  await session.release();
  return result;
}

function loadedGraph(
  ort: Ort,
  { feeds, name }: GraphArtifact,
  sessions: GraphSessions,
  fitted: Session,
): LoadedGraph {
  const specs = leafSpecs(feeds, fitted);
  return {
    async run(argument: readonly Tensor[], seed: Seed): Promise<readonly Tensor[]> {
      checkArgument(name, specs, argument);
      const bound = bindFeeds(feeds, argument, seed);
      const inputs: Record<string, OrtTensor> = {};
      const drawn: ArrayBuffer[] = [];
      let hasSteps = true;
      for (const [index, feed] of feeds.entries()) {
        const value = bound[index] as Tensor;
        inputs[feed.name] = toOrt(ort, value);
        if (feed.kind === 'indices' && value.shape[0] === 0) hasSteps = false;
        const buffer = ArrayBuffer.isView(value.data) ? value.data.buffer : null;
        if (feed.kind === 'random' && isLarge(buffer)) drawn.push(buffer);
      }
      const session = hasSteps ? fitted : await sessions.plain();
      const results = await session.run(inputs).catch((error: unknown) => {
        throw withIndexInWords(error);
      });
      freeBuffers(drawn); // masks of dropout are a megabyte a client
      return session.outputNames.map((output) => fromOrt(results[output] as OrtTensor));
    },
    dispose() {},
  };
}

/** What each leaf of the argument must be, as the session's own signature has it. */
function leafSpecs(feeds: readonly Feed[], session: Session): readonly LeafSpec[] {
  const specs: LeafSpec[] = [];
  feeds.forEach((feed, index) => {
    const metadata = session.inputMetadata[index];
    if (feed.kind !== 'argument' || !metadata?.isTensor) return;
    const shape = metadata.shape.map((size) => (typeof size === 'number' ? size : -1));
    specs[feed.leaf] = { dtype: metadata.type as Tensor['dtype'], shape };
  });
  return specs;
}

/** A tensor for onnxruntime, over the same memory where it may be; it takes no shared memory. */
function toOrt(ort: Ort, { dtype, shape, data }: Tensor): OrtTensor {
  const owned = ArrayBuffer.isView(data) && isShared(data.buffer) ? data.slice() : data;
  return new ort.Tensor(dtype, owned as never, shape as number[]);
}

function fromOrt(value: OrtTensor): Tensor {
  const shape = [...value.dims];
  const data = value.data as Tensor['data'];
  if (data.length !== sizeOf(shape)) {
    throw new RangeError(`Cannot read a result: shape [${shape.join(', ')}] got ${data.length} elements`);
  }
  return { dtype: value.type as Tensor['dtype'], shape, data };
}

/** A browser's page has no `SharedArrayBuffer` unless it is isolated from other origins. */
function isShared(buffer: ArrayBufferLike): boolean {
  return typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
}
