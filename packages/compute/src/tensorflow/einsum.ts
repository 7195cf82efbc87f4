// Einstein sums as matrix products. tf.js has `einsum` (and attention layers that use it), but multiplies element by
// element, and knows no gradient; a contraction of two tensors is one batched product, and its gradients are
// contractions.
import * as tf from '#tfjs-core';

/** `equation` as tf.js takes it: one or two operands, no label twice in one of them, such as `bqd,bkd->bqk`. */
export function contract(equation: string, operands: readonly tf.Tensor[]): tf.Tensor {
  const { inputs, output } = parse(equation, operands);
  const [first = '', second] = inputs;
  const a = operands[0] as tf.Tensor;
  if (second === undefined) return arranged(summed(a, first, output), output);
  const b = operands[1] as tf.Tensor;
  return product(summed(a, first, second + output), summed(b, second, first + output), output);
}

/** The gradient of tf.js's `Einsum` kernel. */
export const einsumGradient: tf.GradConfig = {
  kernelName: tf.Einsum,
  saveAllInputs: true,
  gradFunc: (dy, saved, attrs) => {
    const { equation } = attrs as unknown as tf.EinsumAttrs;
    const { inputs, output } = parse(equation, saved);
    const gradients = saved.map((operand, index) => {
      const own = inputs[index] as string;
      const others = inputs.filter((_, each) => each !== index);
      // Labels that stand nowhere else were summed away: the gradient is the same all along them.
      const known = [...own]
        .filter((label) => output.includes(label) || others.join('').includes(label))
        .join('');
      const terms = [output, ...others];
      const factors = [dy as tf.Tensor, ...saved.filter((_, each) => each !== index)];
      return () => {
        const gradient = contract(`${terms.join(',')}->${known}`, factors);
        const kept = operand.shape.map((size, axis) => (known.includes(own[axis] as string) ? size : 1));
        return tf.tile(
          tf.reshape(gradient, kept),
          operand.shape.map((size, axis) => (kept[axis] === size ? 1 : size)),
        );
      };
    });
    return Object.fromEntries(gradients.map((gradient, index) => [index, gradient]));
  },
};

interface Labelled {
  readonly tensor: tf.Tensor;
  /** One label an axis. */
  readonly labels: string;
}

function parse(
  equation: string,
  operands: readonly tf.Tensor[],
): { readonly inputs: readonly string[]; readonly output: string } {
  const [left = '', output] = equation.replaceAll(' ', '').split('->');
  const inputs = left.split(',');
  const fits = inputs.every(
    (labels, index) => labels.length === operands[index]?.rank && new Set(labels).size === labels.length,
  );
  if (output === undefined || inputs.length !== operands.length || inputs.length > 2 || !fits) {
    throw new RangeError(
      `Cannot take an Einstein sum: need one or two operands with a label for each axis, none twice, got '${equation}' for ${operands.map(({ shape }) => `[${shape}]`).join(', ')}`,
    );
  }
  return { inputs, output };
}

/** Sums over axes whose labels nothing else needs. */
function summed(tensor: tf.Tensor, labels: string, needed: string): Labelled {
  const axes = [...labels].flatMap((label, axis) => (needed.includes(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return {
    tensor: tf.sum(tensor, axes),
    labels: [...labels].filter((label) => needed.includes(label)).join(''),
  };
}

/** Axes in the order of `order`. */
function arranged({ tensor, labels }: Labelled, order: string): tf.Tensor {
  return labels === order
    ? tensor
    : tf.transpose(
        tensor,
        [...order].map((label) => labels.indexOf(label)),
      );
}

function product(a: Labelled, b: Labelled, output: string): tf.Tensor {
  const shared = [...a.labels].filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => output.includes(label)).join('');
  const inner = shared.filter((label) => !output.includes(label)).join('');
  const left = [...a.labels].filter((label) => !b.labels.includes(label)).join('');
  const right = [...b.labels].filter((label) => !a.labels.includes(label)).join('');
  const sizes = new Map(
    [a, b].flatMap(({ tensor, labels }) => tensor.shape.map((size, axis) => [labels[axis] as string, size])),
  );
  const shape = (labels: string): number[] => [...labels].map((label) => sizes.get(label) as number);
  const count = (labels: string): number => shape(labels).reduce((total, size) => total * size, 1);
  const matrices = tf.matMul(
    tf.reshape(arranged(a, batch + left + inner), [count(batch), count(left), count(inner)]),
    tf.reshape(arranged(b, batch + inner + right), [count(batch), count(inner), count(right)]),
  );
  const labels = batch + left + right;
  return arranged({ tensor: tf.reshape(matrices, shape(labels)), labels }, output);
}
