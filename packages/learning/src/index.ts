// Models, learning as a composition of parts, the algorithms made of them, and evaluation.
export type { AdaptiveOptions } from './algorithms/adaptive-options.js';
export { type AflOptions, afl, agnosticWork, type Domains } from './algorithms/afl.js';
export type { AlgorithmOptions, ClientTraining, CommonOptions } from './algorithms/algorithm-options.js';
export * from './algorithms/ditto.js';
export * from './algorithms/evaluation-by-client.js';
export * from './algorithms/evaluation-by-group.js';
export {
  type EvaluationOfModelsOptions,
  evaluationOfModels,
  type Models,
} from './algorithms/evaluation-of-models.js';
export { type FairFedOptions, fairFed } from './algorithms/fair-fed.js';
export * from './algorithms/fed-adagrad.js';
export * from './algorithms/fed-adam.js';
export * from './algorithms/fed-avg-m.js';
export { fedBN } from './algorithms/fed-bn.js';
export * from './algorithms/fed-buff.js';
export { type FedMinMaxOptions, fedMinMax } from './algorithms/fed-min-max.js';
export * from './algorithms/fed-nova.js';
export * from './algorithms/fed-opt.js';
export { type FedPerOptions, fedPer } from './algorithms/fed-per.js';
export * from './algorithms/fed-prox.js';
export * from './algorithms/fed-yogi.js';
export * from './algorithms/federated-averaging.js';
export * from './algorithms/federated-evaluation.js';
export * from './algorithms/federated-k-means.js';
export * from './algorithms/federated-sgd.js';
export { type MinDiffOptions, minDiff } from './algorithms/min-diff.js';
export type { PersonalProcess } from './algorithms/personal-averaging.js';
export * from './algorithms/personal-evaluation.js';
export * from './algorithms/q-fed-avg.js';
export * from './algorithms/scaffold.js';
export * from './algorithms/with-client-losses.js';
export type { Attack, Attacked } from './attacks/attack.js';
export * from './attacks/attacked-work.js';
export * from './attacks/colluding-attacks.js';
export * from './attacks/gaussian-attack.js';
export * from './attacks/scaled-attacks.js';
export { type Guidance, guidedWork } from './client-work/guided-work.js';
export { personalWork } from './client-work/personal-work.js';
export * from './client-work/proximal-work.js';
export * from './client-work/training-work.js';
export * from './compose/initial-weights.js';
export * from './compose/learning-process.js';
export type { LearningProcess, LearningState } from './compose/learning-types.js';
export * from './constraints/exported.js';
export * from './distributors/broadcast-distributor.js';
export * from './evaluation/dataset-evaluation.js';
export type { EvaluationResult } from './evaluation/evaluation-types.js';
export * from './evaluation/evaluation-work.js';
export type { HistogramBins, Histograms } from './evaluation/histogram-work.js';
export type { MeasureOptions } from './evaluation/measured-on-clients.js';
export * from './evaluation/model-evaluation.js';
export type { GroupOptions, GroupValue } from './fairness/groups.js';
export type { TrainingGroups } from './fairness/training-groups.js';
export * from './finalizers/optimizer-finalizer.js';
export * from './layers/group-normalization.js';
export * from './losses/loss.js';
export type { LossName } from './losses/losses-by-name.js';
export * from './losses/mean-squared-error.js';
export * from './losses/sigmoid-crossentropy.js';
export * from './losses/softmax-crossentropy.js';
export * from './metrics/accuracy.js';
export * from './metrics/area-under-curve.js';
export * from './metrics/binary-accuracy.js';
export type { ClassOptions } from './metrics/class-flags.js';
export * from './metrics/concordance-index.js';
export * from './metrics/confusion-matrix.js';
export * from './metrics/errors.js';
export { exactMean, type ResolutionOptions } from './metrics/exact-mean.js';
export * from './metrics/metric.js';
export * from './metrics/perplexity.js';
export * from './metrics/precision-and-recall.js';
export type { Bins } from './metrics/score-bins.js';
export { metricOn, type SumMetric } from './metrics/sum-metric.js';
export * from './metrics/top-k-accuracy.js';
export * from './model/model.js';
export * from './models/exported-model.js';
export { type FrozenModelOptions, frozenModel } from './models/frozen-model.js';
export * from './models/function-model.js';
export { type KMeansModel, type KMeansModelOptions, kMeansModel } from './models/k-means-model.js';
export * from './models/layers-model.js';
export { type LoraModelOptions, loraModel } from './models/lora-model.js';
export { modelFrom } from './models/model-from.js';
export { type ModelParts, modelParts, type PersonalWeights } from './models/model-parts.js';
export type { PartialModel } from './models/partial-model.js';
export * from './optimizers/adagrad.js';
export { type AdamOptions, adam } from './optimizers/adam.js';
export * from './optimizers/adam-w.js';
export * from './optimizers/clipped-by-norm.js';
export * from './optimizers/clipped-by-value.js';
export type { LearningRate } from './optimizers/learning-rate.js';
export { type MomentumOptions, momentum } from './optimizers/momentum.js';
export * from './optimizers/nesterov.js';
export * from './optimizers/optimizer.js';
export * from './optimizers/rms-prop.js';
export * from './optimizers/sgd.js';
export * from './optimizers/yogi.js';
export {
  type ClientWork,
  type WorkInput,
  type WorkOptions,
  type WorkResult,
  workOf,
} from './parts/client-work.js';
export {
  type DistributionInput,
  type DistributionOptions,
  type Distributor,
  distributionOf,
} from './parts/distributor.js';
export {
  type FinalizationInput,
  type FinalizationOptions,
  type Finalizer,
  finalizationOf,
} from './parts/finalizer.js';
export type { PartOptions, PartStep } from './parts/part.js';
export * from './schedules/cosine-decay.js';
export * from './schedules/exponential-decay.js';
export * from './schedules/piecewise-rate.js';
export * from './schedules/schedule.js';
export * from './schedules/warm-up.js';
export {
  type ChangeGradients,
  type ChangeUpdate,
  localTraining,
  type OptimizerOfRound,
  type TrainingOptions,
  type Weighting,
} from './work/local-training.js';
export * from './work/train-step.js';
export type { CountOfRound } from './work/work-length.js';
