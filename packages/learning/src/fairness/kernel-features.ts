// Features of scores from 0 to 1 whose products are a Gaussian kernel, exp(−(s − t)² / width²), less a constant: those
// of its Fourier series with period 2. Random frequencies (Rahimi, Recht, "Random Features for Large-Scale Kernel
// Machines", NeurIPS 2007) come near it; a score is one number within bounds, for which so many of these are exact in
// float32.
import { tf } from '@starling/compute';

export interface KernelFeatures {
  /** How many: a cosine and a sine for each frequency. */
  readonly size: number;
  /** float32 [B] → [B, size]. Traced. */
  of(scores: tf.Tensor): tf.Tensor;
}

/** `width` from 0.05 to 0.2, so that 1 apart the kernel is 0. The constant falls out of every difference of means. */
export function kernelFeatures(width: number): KernelFeatures {
  const weights: number[] = [];
  // With ω = π m the coefficient of cos ω d is width √π exp(−(ω width / 2)²).
  for (let m = 1, weight = 1; weight > 1e-9; m++) {
    weight = width * Math.sqrt(Math.PI) * Math.exp(-(((Math.PI * m * width) / 2) ** 2));
    weights.push(weight);
  }
  const frequencies = weights.map((_, at) => Math.PI * (at + 1));
  const scales = weights.map(Math.sqrt);
  return {
    size: 2 * frequencies.length,
    of: (scores) => {
      const angles = tf.mul(tf.reshape(scores, [-1, 1]), tf.tensor2d(frequencies, [1, frequencies.length]));
      return tf.mul(tf.concat([tf.cos(angles), tf.sin(angles)], 1), tf.tensor1d([...scales, ...scales]));
    },
  };
}
