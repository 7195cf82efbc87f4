import { expect, test } from 'vitest';
import { isLeftOut } from './tools.js';

test('`isLeftOut` leaves a test out when its tool is missing and not promised', () => {
  expect(isLeftOut('chromium', false, ['python3'])).toBe(true);
  expect(isLeftOut('chromium', true, [])).toBe(false);
});

test('`isLeftOut` throws when a promised tool is missing', () => {
  expect(isLeftOut('chromium', true, ['chromium'])).toBe(false);
  expect(() => isLeftOut('chromium', false, ['python3', 'chromium'])).toThrow(
    'Cannot test with chromium: STARLING_TOOLS promises it, and it was not found',
  );
});
