import { describe, expect, test } from 'vitest';
import { commonVersion, type VersionRange, versionsApart } from './versions.js';

const range = (lowest: number, highest: number): VersionRange => ({ lowest, highest });

describe('commonVersion', () => {
  test.each([
    [range(2, 2), range(2, 2), 2],
    [range(1, 3), range(2, 5), 3],
    [range(2, 5), range(1, 3), 3],
    [range(1, 4), range(2, 3), 3],
    [range(1, 1), range(2, 2), null],
    [range(3, 4), range(1, 2), null],
  ])('`commonVersion` of %j and %j is %j', (one, other, expected) => {
    expect(commonVersion(one, other)).toBe(expected);
  });
});

describe('versionsApart', () => {
  test('`versionsApart` names both ranges, and the older end', () => {
    expect(versionsApart(range(2, 4), range(1, 1))).toBe(
      'the coordinator speaks versions 2 to 4 of the protocol, the client version 1: upgrade the client',
    );
    expect(versionsApart(range(1, 1), range(2, 2))).toBe(
      'the coordinator speaks version 1 of the protocol, the client version 2: upgrade the coordinator',
    );
  });
});
