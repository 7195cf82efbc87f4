// Keeps tf.js variables through a capture. A body may assign placeholders to a model's variables; when the capture
// ends, each variable has its former value again, and variables that the body made are gone.
import * as tf from '../../tensorflow/tf.js';
import type { CaptureBackend } from './capture-backend.js';

/** Runs `body`; whatever it did to tf.js variables is undone after, also when it throws. */
export function keepingVariables<T>(backend: CaptureBackend, body: () => T): T {
  const engine = tf.engine();
  const before = Object.values(engine.registeredVariables).map((variable) => {
    const { dataId } = variable;
    const owner = engine.state.tensorInfo.get(dataId)?.backend;
    // A reference of our own, so that assigning to the variable does not free its data.
    owner?.incRef(dataId);
    return { variable, dataId, owner };
  });
  try {
    return body();
  } finally {
    const kept = new Set(before.map(({ variable }) => variable));
    for (const variable of Object.values(engine.registeredVariables)) {
      if (!kept.has(variable)) variable.dispose();
    }
    for (const { variable, dataId, owner } of before) {
      if (variable.dataId !== dataId) {
        engine.disposeTensor(variable);
        variable.dataId = dataId;
        engine.trackTensor(variable, owner ?? backend);
        owner?.incRef(dataId);
      }
      owner?.disposeData(dataId);
    }
  }
}
