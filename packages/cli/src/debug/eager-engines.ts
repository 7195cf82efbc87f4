// What a client's code may be run by as it was written: engines of tf.js, by the names that a command line gives them.

/** To the names that tf.js has for its backends. */
export const eagerBackends = { 'tfjs-cpu': 'cpu', 'tfjs-wasm': 'wasm', 'tfjs-node': 'tensorflow' } as const;

export type EagerEngine = keyof typeof eagerBackends;
