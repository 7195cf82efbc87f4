// Operators that move numbers about: the axis of the clients stays where it is.
import { attribute } from '../builder/graph-builder.js';
import { permutationOf } from '../builder/permutation.js';
import { type BatchRule, described, numbersOf, outputOf } from './batch-rule.js';
import { CannotBatch } from './cannot-batch.js';
import { aligned, clientsAxis, hasRows, movedAxis, reshapeOwn, spread } from './clients-axis.js';

export const gather: BatchRule = (call) => {
  const { node, builder } = call;
  const [table, indices] = [call.input(0), call.input(1)];
  const given = node.attributes['axis'];
  const axis = given?.kind === 'int' ? given.value : 0;
  const result = outputOf(call);
  if (!table.isOwn) {
    if (axis !== 0 || hasRows(table.own)) throw new CannotBatch('Gather picks columns by indices of clients');
    return builder.emitOne('Gather', [table.value, indices.value], described(result), node.attributes);
  }
  if (indices.isOwn) throw new CannotBatch('Gather picks of each client by its own indices');
  const isOfRows = hasRows(table.own) && axis === 0;
  // By one step, or by the rows of all steps: the clients stay behind what the indices put in front.
  const fits = isOfRows
    ? indices.own.shape.length === 0 || (indices.own.shape.length === 1 && hasRows(indices.own))
    : !hasRows(indices.own);
  if (!fits) throw new CannotBatch('Gather picks batches of rows');
  return builder.emitOne('Gather', [table.value, indices.value], described(result), {
    axis: attribute.int(movedAxis(table.own, axis)),
  });
};

export const concat: BatchRule = (call) => {
  const { node, builder } = call;
  const result = outputOf(call);
  if (hasRows(result)) throw new CannotBatch('Concat joins rows of datasets');
  const parts = node.inputs.map((_, index) => spread(builder, call.input(index), call.clients()));
  const axis = node.attributes['axis'];
  return builder.emitOne('Concat', parts, described(result), {
    axis: attribute.int(movedAxis(result, axis?.kind === 'int' ? axis.value : 0)),
  });
};

export const slice: BatchRule = (call) => {
  const { builder } = call;
  const { own, value } = call.input(0);
  const axes = numbersOf(call, 3);
  if (hasRows(own) && axes.includes(0)) throw new CannotBatch('Slice cuts the rows of a dataset');
  const [starts, ends, steps] = [1, 2, 4].map((index) => builder.ints(numbersOf(call, index)));
  const moved = builder.ints(axes.map((axis) => movedAxis(own, axis)));
  return builder.emitOne('Slice', [value, starts!, ends!, moved, steps!], described(outputOf(call)));
};

export const expand: BatchRule = (call) => {
  const { builder } = call;
  const result = outputOf(call);
  if (hasRows(result)) throw new CannotBatch('Expand makes rows');
  const operand = aligned(builder, call.input(0), result);
  return builder.emitOne('Expand', [operand, builder.ints([1, ...result.shape])], described(result));
};

export const pad: BatchRule = (call) => {
  const { node, builder } = call;
  const { own, value } = call.input(0);
  if (hasRows(own)) throw new CannotBatch('Pad adds rows to a dataset');
  const pads = numbersOf(call, 1);
  const half = pads.length / 2;
  const moved = [0, ...pads.slice(0, half), 0, ...pads.slice(half)];
  const filling = node.inputs[2] == null ? [] : [call.input(2)];
  if (filling.some(({ isOwn }) => isOwn)) throw new CannotBatch('Pad fills with a number of the client');
  const inputs = [value, builder.ints(moved), ...filling.map((each) => each.value)];
  return builder.emitOne('Pad', inputs, described(outputOf(call)), node.attributes);
};

export const tile: BatchRule = (call) => {
  const { builder } = call;
  const { own, value } = call.input(0);
  if (hasRows(own)) throw new CannotBatch('Tile repeats rows of a dataset');
  return builder.emitOne(
    'Tile',
    [value, builder.ints([1, ...numbersOf(call, 1)])],
    described(outputOf(call)),
  );
};

export const transpose: BatchRule = (call) => {
  const { node, builder } = call;
  const { own, value } = call.input(0);
  const permutation = permutationOf(node);
  if (hasRows(own) && permutation[0] !== 0) throw new CannotBatch('Transpose moves the rows of a dataset');
  const axis = clientsAxis(own);
  const moved = permutation.map((each) => movedAxis(own, each));
  const perm = attribute.ints([...moved.slice(0, axis), axis, ...moved.slice(axis)]);
  return builder.emitOne('Transpose', [value], described(outputOf(call)), { perm });
};

export const reshape: BatchRule = (call) => reshapeOwn(call.builder, call.input(0), outputOf(call));
