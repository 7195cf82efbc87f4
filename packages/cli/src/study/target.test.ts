import { describe, expect, test } from 'vitest';
import { isReached, metricOf, readTarget, targetText } from './target.js';

describe('readTarget', () => {
  test.each([
    ['accuracy=0.9', 'at least'],
    ['evaluation.loss=0.9', 'at most'],
    ['rmse=0.9', 'at most'],
    ['evaluation.loss>=0.9', 'at least'],
    ['accuracy<=0.9', 'at most'],
  ])('takes %s as %s', (text, goal) => {
    expect(readTarget(text)).toMatchObject({ goal, value: 0.9 });
  });

  test.each(['accuracy', 'accuracy=', 'accuracy=high', '=1', 'accuracy=Infinity'])('refuses %s', (text) => {
    expect(() => readTarget(text)).toThrow(/^Cannot read --target: /);
  });
});

describe('metricOf', () => {
  const names = ['accuracy', 'training.loss', 'evaluation.loss', 'evaluation.error'];
  const target = (metric: string) => readTarget(`${metric}=1`);

  test('takes a full name, and the last part of one', () => {
    expect(metricOf(target('accuracy'), names)).toBe('accuracy');
    expect(metricOf(target('error'), names)).toBe('evaluation.error');
  });

  test('refuses what is no metric, or may be several', () => {
    expect(() => metricOf(target('recall'), names)).toThrow(
      "Cannot have a target of recall: need accuracy, training.loss, evaluation.loss or evaluation.error, got 'recall'",
    );
    expect(() => metricOf(target('loss'), names)).toThrow(
      "Cannot have a target of loss: need one of training.loss or evaluation.loss, got 'loss'",
    );
  });
});

test('`isReached` and `targetText` know both directions', () => {
  const [least, most] = [readTarget('accuracy=0.9'), readTarget('loss=0.9')];
  expect([0.89, 0.9, 0.91].map((value) => isReached(least, value))).toEqual([false, true, true]);
  expect([0.89, 0.9, 0.91].map((value) => isReached(most, value))).toEqual([true, true, false]);
  expect(isReached(least, Number.NaN)).toBe(false);
  expect(targetText(least, 'accuracy')).toBe('accuracy ≥ 0.9');
  expect(targetText(most, 'loss')).toBe('loss ≤ 0.9');
});
