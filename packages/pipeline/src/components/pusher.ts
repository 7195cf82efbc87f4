// Pusher: gives a model out that was blessed twice, for what it says and for how it is served. Both blessings are
// arguments: a pusher without them does not compile, and one that was refused stops the run before it.
import { checkOptions, kinds, optionError, required } from '@starling/federated-core/plan';
import { type Artifact, jsonOf } from '../artifacts/artifact.js';
import { canonical } from '../artifacts/canonical.js';
import { nodeOf } from '../nodes/check-node.js';
import type { Node } from '../nodes/node.js';
import type { Destination } from './destination.js';
import type { BlessingFile, BlessingNode } from './model-validator.js';
import type { ModelNode } from './trainer.js';

export interface PusherOptions {
  readonly name?: string;
  readonly model: ModelNode;
  readonly blessing: BlessingNode;
  readonly infra: Node<'InfraBlessing'>;
  readonly to: Destination;
}

export function pusher(options: PusherOptions): Node<'PushedModel'> {
  const action = 'Cannot push a model';
  checkOptions(action, options, {
    name: kinds.text,
    model: required(nodeOf('Model', 'trainer')),
    blessing: required(nodeOf('ModelBlessing', 'modelValidator')),
    infra: required(nodeOf('InfraBlessing', 'infraValidator')),
    to: required(kinds.record),
  });
  const { name = 'pusher', model, blessing, infra, to } = options;
  if (blessing.evaluation.model !== model || infra.inputs['model'] !== model) {
    throw optionError(`${action}: its blessings must be of '${model.name}', got one of another model`);
  }
  return {
    kind: 'PushedModel',
    component: 'Pusher',
    name,
    inputs: { model, blessing, infra },
    prepare: (context, inputs) => {
      const artifact = inputs['model'] as Artifact<'Model'>;
      const files = Object.fromEntries(
        ['model.onnx', 'signature.json'].map((file) => [file, artifact.read(file)]),
      );
      return {
        identity: { to: to.name },
        isThere: ({ properties }) => to.has(Number(properties['version']), files),
        make: async () => {
          const { constraints, trial } = jsonOf<BlessingFile>(
            inputs['blessing'] as Artifact,
            'blessing.json',
          );
          const held = [...constraints, ...(trial?.constraints ?? [])];
          context.onStep('push');
          const version = to.push(files, {
            pipeline: context.pipeline,
            model: artifact.id,
            blessing: inputs['blessing']!.id,
            infra: inputs['infra']!.id,
            span: String(artifact.properties['span']),
            constraints: held.map(({ constraint, outcome }) => `${constraint}: ${outcome}`),
          });
          context.onStep('pushed');
          return {
            files: { 'pushed.json': canonical({ version, to: to.name, model: artifact.id }, 2) },
            properties: { version, destination: to.name },
            summary: `version ${version} in ${to.name}`,
          };
        },
      };
    },
  };
}
