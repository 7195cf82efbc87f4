import { type Dataset, seedFrom, type Tensor } from '@starling/federated-core';
import { populationContract } from '@starling/population/contract';
import { describe, expect, test } from 'vitest';
import { linearTeacher } from './linear-teacher.js';

type Columns = { readonly x: Tensor<'float32'>; readonly y: Tensor<'int32'> };
const columnsOf = (value: unknown): Columns => (value as { data: Dataset }).data.columns as Columns;

describe('linearTeacher', () => {
  test('puts ink on a fifth of the pixels, with values uniform from 0 to 1', () => {
    const { x } = columnsOf(linearTeacher({ clients: 1, seed: seedFrom(1) }).load(0));
    const ink = x.data.filter((pixel) => pixel > 0);
    // 78,400 pixels: 0.2 ± 0.0014; the mean of 15,680 uniform numbers: 0.5 ± 0.0023. Five deviations each.
    expect(Math.abs(ink.length / x.data.length - 0.2)).toBeLessThan(0.007);
    expect(Math.abs(ink.reduce((sum, pixel) => sum + pixel, 0) / ink.length - 0.5)).toBeLessThan(0.0115);
  });

  test('gives labels of which many occur', () => {
    const { y } = columnsOf(linearTeacher({ clients: 1, seed: seedFrom(1) }).load(0));
    // 100 draws from 62 about equal classes: 62 · (1 − (61/62)^100) = 49.8 different ones expected.
    expect(new Set(y.data).size).toBeGreaterThan(30);
    expect(y.data.every((label) => label >= 0 && label < 62)).toBe(true);
  });

  test('has one teacher for all clients of a seed', () => {
    // A larger population does not change the data of the clients it shares with a smaller one.
    const few = columnsOf(linearTeacher({ clients: 2, seed: seedFrom(1) }).load(1));
    const many = columnsOf(linearTeacher({ clients: 1_000_000, seed: seedFrom(1) }).load(1));
    expect(many).toEqual(few);
  });

  populationContract('linearTeacher', () =>
    linearTeacher({ clients: 1_000_000, seed: seedFrom(1), examples: 3, classes: 5 }),
  );
});
