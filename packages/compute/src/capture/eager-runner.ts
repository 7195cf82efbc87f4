// Runs local computations eagerly: the user's own code on the numbers of a call, kernel by kernel on tf.js, in place of
// the graph that was captured of it. Breakpoints stop in it, tensors have values, and the result is that of the engines
// within their tolerance, since batches and random numbers are theirs.
import type { LocalComputation, LocalRunner, Tensor, Type } from '@starling/federated-core';
import { leafTypes } from '@starling/federated-core/plan';
import { cleanGraph } from '../cleaning/clean-graph.js';
import { loadTfjsBackend, type TfjsBackendName } from '../engines/tfjs/tfjs-backends.js';
import { fromTf, toTf } from '../engines/tfjs/tfjs-tensors.js';
import { graphId } from '../graph/serialized/graph-id.js';
import { scoped } from '../tensorflow/scopes.js';
import { withEagerBackend } from './eager/eager-backend.js';
import { duringCall, EagerCall, type EagerStep } from './eager/eager-call.js';
import { type NonFiniteOrigin, NonFiniteWatch } from './eager/non-finite-watch.js';
import { type WrittenPlaces, writtenPlaces } from './eager/written-places.js';
import { captureBody } from './local-computation.js';
import { captureBackend } from './recording/capture-backend.js';
import { CaptureError } from './recording/capture-error.js';
import { keepingVariables } from './recording/kept-variables.js';
import { withoutFrozenNumbers } from './recording/randomness.js';
import { fromType, structureTensors } from './recording/structure.js';
import { SymbolicDataset } from './sequences/symbolic-dataset.js';
import { bodyOf, type WrittenBody } from './written-bodies.js';

export interface EagerRunnerOptions {
  /** Called after each step of a `sequenceReduce`. */
  readonly onStep?: (step: EagerStep) => void;
  /** Runs what has no body in this process, such as a computation that was loaded. By default it is an error. */
  readonly otherwise?: LocalRunner;
  /** Calls each body; by default directly. Earlier calls of a body trace it, when there are no values yet. */
  readonly around?: <T>(run: () => T) => T;
  /** What kernels run on. Default `cpu`; those that a backend lacks run on `cpu`. */
  readonly backend?: TfjsBackendName;
}

export interface EagerRunner {
  /** Throws a `CaptureError` if there is no body to run, or it is not the one that was captured. */
  readonly run: LocalRunner;
  /** Where the numbers of a leaf that the runner gave became NaN or infinite; `null` if they are finite. */
  originOf(leaf: Tensor): NonFiniteOrigin | null;
}

/** A runner that belongs to one thread, as tf.js does; its calls throw a `TfjsBackendError` without the backend. */
export function eagerRunner(options: EagerRunnerOptions = {}): EagerRunner {
  const { onStep, otherwise, around = (run) => run(), backend = 'cpu' } = options;
  const watch = new NonFiniteWatch();
  const known = new WeakMap<WrittenBody, WrittenPlaces>();
  const run: LocalRunner = (computation, argument, seed) => {
    const written = bodyOf(computation);
    if (written === null) {
      if (otherwise !== undefined) return otherwise(computation, argument, seed);
      throw noBody(computation);
    }
    const places = known.get(written) ?? placesIn(computation, written);
    known.set(written, places);
    const call = new EagerCall({ computation: computation.name, argument, seed, places, watch, onStep });
    const { parameter, body } = written;
    return runBody({ parameter, body: (given) => around(() => body(given)) }, call, backend);
  };
  const started = backend === 'cpu' ? null : loadTfjsBackend(backend);
  started?.catch(() => {}); // thrown where it is awaited
  return {
    originOf: (leaf) => watch.originOf(leaf),
    run: (...call) => (started === null ? run(...call) : started.then(() => run(...call))),
  };
}

function noBody({ name }: LocalComputation): CaptureError {
  return new CaptureError(
    'not-capturing',
    `Cannot run ${name} eagerly: need the code that it was captured from, got a graph alone`,
  );
}

/** Captures the body once more, to know which of its draws the graph kept. */
function placesIn({ name, id }: LocalComputation, written: WrittenBody): WrittenPlaces {
  const { graph, result } = captureBody(written, { numbered: true });
  const cleaned = cleanGraph(graph);
  if (graphId(written.parameter, result, cleaned) === id) return writtenPlaces(cleaned);
  throw new CaptureError(
    'bad-result',
    `Cannot run ${name} eagerly: its body must do the same each time it is called, got another graph than when it was captured. Something that it reads from outside has changed since`,
  );
}

function runBody(
  { parameter, body }: WrittenBody,
  call: EagerCall,
  backend: TfjsBackendName,
): readonly Tensor[] {
  return withEagerBackend(backend, () =>
    keepingVariables(captureBackend, () =>
      duringCall(call, () =>
        scoped(() => {
          const given = parameter === null ? undefined : argumentOf(parameter, call);
          const made = withoutFrozenNumbers(() => structureTensors(body(given), 'the result'));
          return made.map((tensor) => {
            const leaf = fromTf(tensor);
            call.options.watch.left(tensor, leaf);
            return leaf;
          });
        }),
      ),
    ),
  );
}

/** The argument as the body sees it: tensors with values, and datasets of the argument's columns. */
function argumentOf(parameter: Type, call: EagerCall): unknown {
  const { argument, watch } = call.options;
  let next = 0;
  return fromType(
    parameter,
    'argument',
    () => {
      const leaf = next++;
      const tensor = toTf(argument[leaf] as Tensor);
      call.isLeaf(tensor, leaf);
      watch.entered(argument[leaf] as Tensor, tensor, call.place);
      return tensor;
    },
    (element) =>
      new SymbolicDataset(
        element,
        leafTypes(element).map(() => ({ leaf: next++ })),
      ),
  );
}
