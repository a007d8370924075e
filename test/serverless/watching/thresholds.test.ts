import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  durationText,
  iteratorAgeSeconds,
  letterAgeSeconds,
  pointerAgeSeconds,
} from '../../../src/serverless/watching/thresholds.ts';
import { givenUpAfter } from '../../../src/serverless/watching/watched.ts';

const defaults = {
  topic: undefined,
  iteratorAgeSeconds: undefined,
  pointerAgeSeconds: undefined,
  letterAgeSeconds: undefined,
};
/** As AWS takes them. */
const recordAge = fc.oneof(fc.constant(-1), fc.integer({ min: 60, max: 604_800 }));
const retention = fc.integer({ min: 60, max: 1_209_600 });

describe('the thresholds', () => {
  it('leave time until what they warn of, whatever the mapping and the queue', () => {
    fc.assert(
      fc.property(recordAge, retention, (maximumRecordAgeSeconds, retentionSeconds) => {
        const age = givenUpAfter({ maximumRecordAgeSeconds });
        const queue = { retentionSeconds, recordsGivenUpAfterSeconds: age };
        const behind = iteratorAgeSeconds({ givenUpAfterSeconds: age }, defaults);
        const letters = letterAgeSeconds(queue, defaults);
        const pointers = pointerAgeSeconds(queue, defaults) ?? 0;
        expect(behind).toBeGreaterThan(0);
        expect(behind).toBeLessThan(age);
        expect(letters).toBeLessThan(retentionSeconds);
        expect(pointers).toBeLessThanOrEqual(letters);
        // In the worst case the records are as old as the mapping lets them become. An hour is the least there is.
        if (pointers > 3_600) expect(age + 2 * pointers).toBeLessThanOrEqual(86_400);
      }),
    );
  });

  it.each([
    [30, '30 seconds'],
    [60, '1 minute'],
    [5_400, '90 minutes'],
    [43_200, '12 hours'],
    [86_400, '1 day'],
    [967_680, '11.2 days'],
  ])('are said so that one understands: %i s is %s', (seconds, text) => {
    expect(durationText(seconds)).toBe(text);
  });
});
