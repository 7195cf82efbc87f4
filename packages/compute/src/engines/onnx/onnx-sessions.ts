// An engine on ONNX sessions, whichever runtime makes them: it is given onnxruntime's sessions and tensors, for Node or
// for browsers. One thread; sessions of a graph are kept for the engine's life, since creating and releasing sessions
// leaks.
import type { Seed, Tensor } from '@starling/federated-core';
import { leafTypes } from '@starling/federated-core/plan';
import { fitToMachine, probeBlockSize } from '@starling/onnx/machine';
import type { BatchRefusal } from '../../engine/batched-graph.js';
import { checkArgument } from '../../engine/check-argument.js';
import type { Engine, LoadedGraph } from '../../engine/engine.js';
import type { GraphArtifact } from '../../engine/graph-artifact.js';
import { bindFeeds } from '../../graph/feeds/bind-feeds.js';
import { withIndexInWords } from '../../graph/refused-indices.js';
import { type BatchSession, batchSession } from './batch-session.js';
import { freeBuffers, isLarge } from './free-buffers.js';
import { fromOrt, leafSpecs, type Ort, type OrtTensor, SESSION_OPTIONS, type Session, toOrt } from './ort.js';

/** An engine that runs graphs on sessions of `ort`; `description` is what it calls itself in logs. */
export async function createSessionEngine(ort: Ort, description: string): Promise<Engine> {
  const sessions = new Map<string, GraphSessions>();
  const batches = new Map<string, Promise<BatchSession | BatchRefusal>>();
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
    async loadBatch(artifact, isOwn) {
      const key = `${artifact.id} ${isOwn.map(Number).join('')}`;
      const made = batches.get(key) ?? batchSession(ort, artifact, isOwn);
      batches.set(key, made);
      const loaded = await made;
      return 'reason' in loaded ? loaded : loaded.batch;
    },
    async dispose() {
      for (const made of batches.values()) {
        const loaded = await made;
        if ('session' in loaded) await loaded.session.release();
      }
      batches.clear();
      const created = [...sessions.values()];
      sessions.clear();
      for (const each of created) await each.release();
    },
  };
}

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
