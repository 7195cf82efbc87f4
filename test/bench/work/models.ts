// The networks of the standard work, as a user of tf.js writes them.
import { tfl } from '@starling/compute';
import { layersModel, type Model, softmaxCrossentropy } from '@starling/learning';
import type { ModelName } from '../configuration.js';
import { CLASSES, SIDE, standardExample } from './standard-data.js';
import { CHARACTERS, STEPS, textExample } from './text-data.js';

const inputShape = [SIDE, SIDE, 1];

/** 784→62: 48,670 parameters. */
function logisticRegression(): tfl.LayersModel {
  const { flatten, dense } = tfl.layers;
  return tfl.sequential({ layers: [flatten({ inputShape }), dense({ units: CLASSES })] });
}

/** 1,206,590 parameters. */
function convolutional(isDroppingOut: boolean): tfl.LayersModel {
  const { conv2d, maxPooling2d, dropout, flatten, dense } = tfl.layers;
  const drop = (rate: number) => (isDroppingOut ? [dropout({ rate })] : []);
  return tfl.sequential({
    layers: [
      conv2d({ inputShape, filters: 32, kernelSize: 3, activation: 'relu' }),
      conv2d({ filters: 64, kernelSize: 3, activation: 'relu' }),
      maxPooling2d({ poolSize: 2 }),
      ...drop(0.25),
      flatten(),
      dense({ units: 128, activation: 'relu' }),
      ...drop(0.5),
      dense({ units: CLASSES }),
    ],
  });
}

/** The Shakespeare model of McMahan et al. (2017) and Reddi et al. (2021): 820,522 parameters. */
function nextCharacter(): tfl.LayersModel {
  const { embedding, lstm, dense } = tfl.layers;
  const recurrent = () => lstm({ units: 256, returnSequences: true, recurrentActivation: 'sigmoid' });
  return tfl.sequential({
    layers: [
      embedding({ inputDim: CHARACTERS, outputDim: 8, inputLength: STEPS }),
      recurrent(),
      recurrent(),
      dense({ units: CHARACTERS }),
    ],
  });
}

const builders: Readonly<Record<ModelName, () => tfl.LayersModel>> = {
  lr: logisticRegression,
  cnn: () => convolutional(false),
  'cnn-dropout': () => convolutional(true),
  lstm: nextCharacter,
};

/** The model of that name, with the loss it is trained on. */
export function standardModel(name: ModelName): Model {
  const example = name === 'lstm' ? textExample : standardExample;
  return layersModel(builders[name], { name, example, loss: softmaxCrossentropy });
}
