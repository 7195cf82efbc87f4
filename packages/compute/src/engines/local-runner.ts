// A local runner on an engine: compiles and loads each local computation once, by its id, then calls it. What
// `evaluate` and the in-process runtime run local computations with.
import type { LocalRunner } from '@starling/federated-core';
import type { Engine, LoadedGraph } from '../engine/engine.js';
import { engineKind } from '../engine/engine-kind.js';
import { compileGraph } from '../lowering/compile-graph.js';

export function localRunner(engine: Engine): LocalRunner {
  engineKind('Cannot make a runner', 'the engine', engine);
  const loaded = new Map<string, Promise<LoadedGraph>>();
  return async (computation, argument, seed) => {
    let graph = loaded.get(computation.id);
    if (!graph) {
      graph = engine.load(compileGraph(computation));
      loaded.set(computation.id, graph);
    }
    return (await graph).run(argument, seed);
  };
}
