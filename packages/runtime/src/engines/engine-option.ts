// The option `engine` of runs and runtimes: a word, a module, or an engine that is made.
import { engineKind } from '@starling/compute/engine';
import { type Check, kinds, ofKind } from '@starling/federated-core/plan';

/** The check of an engine by its word, or one that is made. */
export const engineOption: Check = (action, option, value) => {
  if (typeof value === 'string') kinds.text(action, option, value);
  else engineKind(action, option, value);
};

/** The check of an engine by its word, where each thread makes its own. */
export const engineWord: Check = ofKind({
  need: "the word of an engine, such as 'onnx', or a module that makes one",
  fits: (value) => typeof value === 'string' && value !== '',
  advice: (value) =>
    typeof value === 'object' && value !== null ? 'An engine that is made cannot cross to threads' : null,
});
