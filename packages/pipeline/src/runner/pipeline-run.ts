// One run of a pipeline: each node once its inputs are there, found in the cache or made, recorded, and told.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Engine, localRunner } from '@starling/compute';
import type { Artifact } from '../artifacts/artifact.js';
import type { ArtifactStore } from '../artifacts/artifact-store.js';
import { canonical, sha256 } from '../artifacts/canonical.js';
import type { Metadata, RunRow } from '../metadata/rows.js';
import type { Node, NodeContext, Prepared } from '../nodes/node.js';
import { askClients, drawSeed, historyAt, requireGoing, trainOnClients } from './node-context.js';
import { keyOf, known, neededFor } from './node-key.js';
import type { NodeEvent, NodeResult, PipelineResult, PipelineRunOptions } from './pipeline-result.js';

export interface RunParts {
  readonly metadata: Metadata;
  readonly engine: Engine;
  readonly row: RunRow;
  readonly store: ArtifactStore;
}

export class PipelineRun {
  readonly #started = new Map<Node, Promise<NodeResult>>();

  constructor(
    readonly options: PipelineRunOptions & { readonly seed: number },
    readonly parts: RunParts,
  ) {}

  async all(): Promise<PipelineResult> {
    const { pipeline, clock, only } = this.options;
    const began = clock();
    const wanted = only === undefined ? pipeline.nodes : neededFor(pipeline, only);
    for (const node of wanted) this.#tell({ node, status: 'waiting', words: '', wallMs: 0 });
    const nodes = await Promise.all(wanted.map((node) => this.#run(node)));
    const broke = nodes.some(({ status, error }) => status === 'failed' || error !== null);
    const refused = nodes.some(({ status }) => status === 'refused');
    return {
      pipeline: pipeline.name,
      run: this.parts.row.run,
      outcome: broke ? 'failed' : refused ? 'refused' : 'passed',
      nodes,
      fingerprint: sha256(canonical(nodes.map(({ node, artifact }) => [node, artifact?.id ?? null]))),
      wallMs: clock() - began,
    };
  }

  #run(node: Node): Promise<NodeResult> {
    const before = this.#started.get(node);
    if (before !== undefined) return before;
    const running = this.#runAfterInputs(node);
    this.#started.set(node, running);
    return running;
  }

  async #runAfterInputs(node: Node): Promise<NodeResult> {
    const entries = Object.entries(node.inputs);
    const results = await Promise.all(entries.map(([, input]) => this.#run(input)));
    const blocking = results.filter(
      ({ status }) => status === 'refused' || status === 'failed' || status === 'skipped',
    );
    if (blocking.length > 0) {
      const reasons = blocking.map(
        (one) =>
          `${one.node} ${one.status === 'refused' ? 'refused' : one.status === 'failed' ? 'failed' : 'was skipped'}`,
      );
      return this.#end(node, {
        status: 'skipped',
        words: reasons.join(', '),
        wallMs: 0,
        artifact: null,
        reasons,
        isCached: false,
        error: null,
      });
    }
    const inputs = Object.fromEntries(entries.map(([name], at) => [name, results[at]!.artifact as Artifact]));
    const began = this.options.clock();
    this.#tell({ node, status: 'running', words: '', wallMs: 0 });
    let key = '';
    try {
      requireGoing(this.options.signal);
      const prepared = await node.prepare(
        this.#context(node, () => key),
        inputs,
      );
      key = keyOf(node, prepared, inputs, this.options.seed);
      const given = { ...inputs, ...known(prepared.earlier ?? {}) };
      const { artifact, isCached } = await this.#made(node, prepared, key, given, began);
      const status = artifact.refused.length > 0 ? 'refused' : isCached ? 'cached' : 'complete';
      const wallMs = this.options.clock() - began;
      return this.#end(node, {
        status,
        words: artifact.summary,
        wallMs,
        artifact,
        reasons: artifact.refused,
        isCached,
        error: null,
      });
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      const wallMs = this.options.clock() - began;
      const { metadata, row } = this.parts;
      const ids = Object.fromEntries(Object.entries(inputs).map(([name, { id }]) => [name, id]));
      metadata.failed({
        run: row.run,
        pipeline: this.options.pipeline.name,
        node: node.name,
        component: node.component,
        key,
        inputs: ids,
        error: words,
        wallMs,
      });
      return this.#end(node, {
        status: 'failed',
        words: words.split('\n')[0] as string,
        wallMs,
        artifact: null,
        reasons: [words],
        isCached: false,
        error,
      });
    }
  }

  async #made(
    node: Node,
    prepared: Prepared,
    key: string,
    given: Readonly<Record<string, Artifact>>,
    began: number,
  ): Promise<{ readonly artifact: Artifact; readonly isCached: boolean }> {
    const { metadata, store, row } = this.parts;
    const { cache = true, onStep, clock, pipeline } = this.options;
    const done = (artifact: Artifact, state: 'complete' | 'cached'): void => {
      onStep?.(`record ${node.name}`);
      metadata.done({
        run: row.run,
        pipeline: pipeline.name,
        node: node.name,
        component: node.component,
        state,
        key,
        inputs: Object.fromEntries(Object.entries(given).map(([name, { id }]) => [name, id])),
        output: {
          id: artifact.id,
          kind: artifact.kind,
          uri: `artifacts/${artifact.id}`,
          properties: artifact.properties,
          isRefused: artifact.refused.length > 0,
        },
        wallMs: clock() - began,
      });
      onStep?.(`recorded ${node.name}`);
    };
    if (cache) {
      for (const id of metadata.cached(key)) {
        const found = store.read(id);
        if (found === null || prepared.isThere?.(found) === false) continue;
        done(found, 'cached');
        return { artifact: found, isCached: true };
      }
    }
    const made = await prepared.make();
    onStep?.(`write ${node.name}`);
    const artifact = store.write(node.kind, made);
    done(artifact, 'complete');
    rmSync(this.#scratch(key), { recursive: true, force: true });
    return { artifact, isCached: false };
  }

  #scratch(key: string): string {
    return join(this.options.directory, 'training', key.slice(0, 32));
  }

  /** `key`: known once the node is prepared. */
  #context(node: Node, key: () => string): NodeContext {
    const { options, parts } = this;
    const { pipeline, seed, runtime, signal, onStep } = options;
    const { population } = pipeline.examples;
    const shared = {
      runtime,
      engine: parts.engine,
      population,
      seed,
      ...(signal !== undefined && { signal }),
    };
    return {
      pipeline: pipeline.name,
      engine: parts.engine,
      run: localRunner(parts.engine),
      seed,
      history: historyAt(parts.metadata, parts.store, pipeline.name, parts.row.asOf),
      ask: (computation, given) => askClients(computation, given ?? {}, shared),
      askSome: (computation, given, { clients, draw }) =>
        askClients(computation, given, { ...shared, seed: drawSeed(seed, draw) }, clients),
      train: (run) =>
        trainOnClients(run, {
          ...shared,
          directory: this.#scratch(key()),
          onRound: (round) => {
            onStep?.(`round ${round} of ${node.name}`);
            this.#tell({ node, status: 'running', words: `round ${round} of ${run.rounds}`, wallMs: 0 });
          },
        }),
      report: (words) => this.#tell({ node, status: 'running', words, wallMs: 0 }),
      onStep: (step) => onStep?.(step),
    };
  }

  #tell({ node, ...rest }: Omit<NodeEvent, 'node' | 'component'> & { readonly node: Node }): void {
    this.options.onNode?.({ node: node.name, component: node.component, ...rest });
  }

  #end(node: Node, result: Omit<NodeResult, 'node' | 'component' | 'takes'>): NodeResult {
    this.#tell({ node, status: result.status, words: result.words, wallMs: result.wallMs });
    const takes = [...new Set(Object.values(node.inputs).map(({ name }) => name))];
    return { node: node.name, component: node.component, takes, ...result };
  }
}
