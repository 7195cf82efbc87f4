import { describe, expect, test } from 'vitest';
import { readFaults } from './read-faults.js';

const problemsOf = (given: unknown): readonly string[] => {
  try {
    readFaults(given);
  } catch (error) {
    return (error as Error).message.replace('Cannot simulate faults: ', '').split('; ');
  }
  return [];
};

describe('readFaults', () => {
  test('`readFaults` fills in the defaults', () => {
    expect(readFaults({ dropouts: [{}], corrupt: [{ how: 'bits', rounds: {} }, { how: 'weight' }] })).toEqual(
      {
        overSelection: 1,
        dropouts: [{ probability: 1, for: 'round' }],
        crashes: [],
        stragglers: [],
        corrupt: [
          { probability: 1, how: 'bits', bits: 1, rounds: { from: 1 } },
          { probability: 1, how: 'weight', value: 1e308 },
        ],
        byzantine: [],
        duplicates: [],
        serverCrashes: [],
      },
    );
    expect(readFaults(null).dropouts).toEqual([]); // an empty file
  });

  test.each([
    [
      { dropout: [] },
      'dropout is no field: need one of deadlineMs, overSelection, dropouts, crashes, stragglers, corrupt, byzantine, duplicates, serverCrashes',
      "did you mean 'dropouts'?",
    ],
    [
      { dropouts: [{ probabilty: 1 }] },
      'dropouts[0].probabilty is no field: need one of probability, clients, rounds, for',
      "did you mean 'probability'?",
    ],
    [
      { byzantine: [{ how: 'sign-flip', scal: 1 }] },
      'byzantine[0].scal is no field: need one of probability, clients, rounds, aggregations, how, scale',
      "did you mean 'scale'?",
    ],
    [
      { byzantine: [{ how: 'signflip' }] },
      "byzantine[0].how must be 'sign-flip' or 'noise' or 'constant' or 'zero', got 'signflip'",
      "did you mean 'sign-flip'?",
    ],
    [
      { byzantine: [{}] },
      "byzantine[0].how must be 'sign-flip' or 'noise' or 'constant' or 'zero', got undefined",
    ],
    [
      { dropouts: [{ for: 'goo' }] },
      "dropouts[0].for must be 'round' or 'good', got 'goo'",
      "did you mean 'good'?",
    ],
    [{ dropouts: [{ probability: 1.5 }] }, 'dropouts[0].probability must be at most 1, got 1.5'],
    [{ dropouts: [{ probability: -1 }] }, 'dropouts[0].probability must be at least 0, got -1'],
    [{ dropouts: [{ probability: '0.5' }] }, "dropouts[0].probability must be a finite number, got '0.5'"],
    [{ dropouts: { probability: 1 } }, 'dropouts must be a list, got an object with fields probability'],
    [{ deadlineMs: 0 }, 'deadlineMs must be above 0, got 0'],
    [{ deadlineMs: Number.POSITIVE_INFINITY }, 'deadlineMs must be a finite number, got Infinity'],
    [{ crashes: [{ clients: [] }] }, 'crashes[0].clients must have at least 1, got an array of 0'],
    [
      { crashes: [{ clients: [1.5] }] },
      'crashes[0].clients[0] must be the number or the name of a client, got 1.5',
    ],
    [{ crashes: [{ rounds: { from: 3, to: 2 } }] }, 'crashes[0].rounds.to must not be before from, got 2'],
    [{ crashes: [{ rounds: { from: 0.5 } }] }, 'crashes[0].rounds.from must be a whole number, got 0.5'],
    [{ stragglers: [{}] }, 'stragglers[0].latency must be fields with their values, got undefined'],
    [
      { stragglers: [{ latency: { distribution: 'uniform', lowMs: 2, highMs: 1 } }] },
      'stragglers[0].latency.highMs must not be below lowMs, got 1',
    ],
    [
      { stragglers: [{ latency: { distribution: 'exponential', meanMS: 1 } }] },
      'stragglers[0].latency.meanMs must be a finite number, got undefined',
      'stragglers[0].latency.meanMS is no field: need one of distribution, meanMs',
      "did you mean 'meanMs'?",
    ],
    [
      {
        stragglers: [
          {
            latency: {
              distribution: 'classes',
              classes: [{ share: 0.5, latency: { distribution: 'constant', ms: 1 } }],
            },
          },
        ],
      },
      'stragglers[0].latency.classes must have shares that add up to 1, got an array of 1',
    ],
    ['dropouts', "must be fields with their values, got 'dropouts'"],
  ] as const)('`readFaults` says what is wrong with %j', (given, ...problems) => {
    expect(problemsOf(given)).toEqual(problems);
  });
});
