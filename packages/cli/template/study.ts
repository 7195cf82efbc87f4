// study.ts: at which learning rate do the hospitals learn fastest, whatever the seed? Two runs at once, one report.
import { runStudy } from '@starling/cli/study';

const { report } = await runStudy({
  federation: new URL('./federation.ts', import.meta.url),
  out: 'runs/rates',
  sweep: { learningRate: [0.01, 0.1], seed: [1, 2, 3] },
  target: 'evaluation.accuracy=0.75',
});
console.log(`open ${report} in a browser`);
