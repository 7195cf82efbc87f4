import { describe, expect, test } from 'vitest';
import { type ControlType, controlSchemas } from '../messages/control.js';
import { checkTurn, conversationStates, type Receiver } from './conversation-states.js';

const receivers = ['client', 'coordinator'] as const satisfies readonly Receiver[];

describe('conversationStates', () => {
  test('`conversationStates` has a place for every message, at one end alone', () => {
    const taken = receivers.map((end) => new Set<ControlType>(Object.values(conversationStates[end]).flat()));
    for (const type of Object.keys(controlSchemas) as ControlType[]) {
      expect(
        taken.filter((types) => types.has(type)),
        type,
      ).toHaveLength(1);
    }
  });
});

describe('checkTurn', () => {
  test('`checkTurn` lets a message pass when the state takes it', () => {
    expect(() => checkTurn('coordinator', 'greeting', 'hello')).not.toThrow();
    expect(() => checkTurn('client', 'ready', 'work')).not.toThrow();
  });

  test.each([
    ['coordinator', 'greeting', 'update'],
    ['coordinator', 'preparing', 'hello'],
    ['client', 'preparing', 'work'],
    ['client', 'ready', 'hello'],
    ['client', 'ended', 'bye'],
  ] as const)('`checkTurn` refuses when the %s gets, while %s, a %s', (end, state, type) => {
    expect(() => checkTurn(end, state, type)).toThrow(`Cannot take '${type}' while ${state}`);
  });
});
