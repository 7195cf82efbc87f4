import { describe, expect, test } from 'vitest';
import { subgraphOf } from '../model/onnx-model.js';
import { loopOf } from '../testing/loop.js';
import { graphOf, operatorsOf } from '../testing/pass-check.js';
import { applyPass, type Pass, removeDeadNodes } from './rewrite-graph.js';

const nothing: Pass = { name: 'nothing', rewrite: () => null };
/** Answers for every Neg with its input. */
const dropNegations: Pass = {
  name: 'drop-negations',
  rewrite: (node) => (node.op === 'Neg' ? (node.inputs[0] ?? null) : null),
};

describe('applyPass', () => {
  test('keeps the names of the inputs, which feeds refer to', () => {
    const graph = graphOf([[2], [3]], (b, [x]) => [b.unary('Exp', x!)]);
    expect(applyPass(graph, nothing).inputs).toEqual(graph.inputs);
  });

  test('leaves behind what nothing reads any more', () => {
    const graph = graphOf([[2]], (b, [x]) => {
      const unread = b.unary('Sin', x!);
      b.unary('Cos', unread);
      return [b.unary('Exp', b.unary('Neg', x!))];
    });
    expect(operatorsOf(applyPass(graph, dropNegations))).toBe('Exp');
  });

  test('gives every output a node of its own when two are equal or one is an input', () => {
    const graph = graphOf([[2]], (b, [x]) => [b.unary('Neg', x!), b.unary('Neg', x!)]);
    const passed = applyPass(graph, dropNegations);
    expect(operatorsOf(passed)).toBe('Identity Identity');
    expect(new Set(passed.outputs.map(({ name }) => name)).size).toBe(2);
  });

  test('rewrites bodies, and does not show them what is made around them', () => {
    const seen: (string | undefined)[] = [];
    const look: Pass = {
      name: 'look',
      rewrite: (node, { producer, isLocal, constant }) => {
        if (node.op !== 'Add') return null;
        const [state, outside] = node.inputs;
        seen.push(producer(state)?.op, producer(outside)?.op);
        expect([isLocal(state!), isLocal(outside!), constant(outside)]).toEqual([true, false, undefined]);
        return null;
      },
    };
    const graph = loopOf([[2], [2]], ({ builder: b, state, outer: [, x] }) =>
      b.binary('Add', b.unary('Tanh', state), x!),
    );
    applyPass(graph, look);
    expect(seen).toEqual(['Tanh', undefined]);
  });

  test('never gives one name to two values, however often graphs are built anew', () => {
    let graph = loopOf([[2], [3, 2]], ({ builder: b, state, step, outer: [, rows] }) =>
      b.binary('Add', state, b.gather(rows!, step, 0)),
    );
    for (let round = 0; round < 3; round++) graph = applyPass(graph, nothing);
    const body = graph.nodes.map(subgraphOf).find((found) => found !== null)!;
    const names = [graph, body].flatMap(({ inputs, nodes, constants }) => [
      ...inputs.map(({ name }) => name),
      ...constants.map(({ value }) => value.name),
      ...nodes.flatMap(({ outputs }) => outputs.map(({ name }) => name)),
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('removeDeadNodes', () => {
  test('keeps what only a subgraph reads', () => {
    const graph = graphOf([[2]], (b, [x]) => [b.unary('Exp', x!)]);
    const loop = loopOf([[2], [2]], ({ builder: b, state, outer: [, x] }) => b.binary('Add', state, x!));
    expect(operatorsOf(removeDeadNodes(graph))).toBe('Exp');
    expect(operatorsOf(removeDeadNodes(loop))).toBe('Loop[Add Identity]');
  });
});
