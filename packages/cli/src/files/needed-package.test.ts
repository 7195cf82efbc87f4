import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { neededPackage, STARLING_PACKAGES } from './needed-package.js';

test('`STARLING_PACKAGES` are the folders of packages', () => {
  expect([...STARLING_PACKAGES]).toEqual(readdirSync(new URL('../../../', import.meta.url)).sort());
});

test('`neededPackage` offers a package of Starling that is not installed, also by an entry of it', () => {
  for (const specifier of ['@starling/pipeline', '@starling/pipeline/contract']) {
    expect(neededPackage(specifier, () => false)).toBe(
      "the package '@starling/pipeline', which it imports, got none: run 'npm install @starling/pipeline'",
    );
  }
});

test('`neededPackage` names the packages that there are for one that there is not', () => {
  expect(neededPackage('@starling/federated', () => false)).toMatch(
    /^a package of Starling's: @starling\/aggregators, @starling\/analytics, .*@starling\/wire; got '@starling\/federated'$/,
  );
});

test('`neededPackage` says of an installed package that it lacks the entry', () => {
  expect(neededPackage('@starling/plan/inner.js', () => true)).toBe(
    "an entry of '@starling/plan', such as '@starling/plan' itself, got '@starling/plan/inner.js'",
  );
  expect(neededPackage('lodash/fp', () => true)).toBe(
    "an entry of 'lodash', such as 'lodash' itself, got 'lodash/fp'",
  );
});

test('`neededPackage` offers any other package for install', () => {
  expect(neededPackage('@scope/name/inner', () => false)).toBe(
    "the package '@scope/name', which it imports, got none: run 'npm install @scope/name'",
  );
});
