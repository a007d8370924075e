import { readFileSync } from 'node:fs';
import { isServerError, isThrottlingError, isTransientError } from '@smithy/core/retry';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { awsVerdict } from '../../src/processing/aws-verdict.ts';

/** Every name and code in the SDK's lists, which it does not export. */
const constants = new URL(
  '../../node_modules/@smithy/core/dist-es/submodules/retry/service-error-classification/constants.js',
  import.meta.url,
);
const words = [...readFileSync(constants, 'utf8').matchAll(/"(\w+)"/g)].map(([, word = '']) => word);

const anyError = fc.record(
  {
    name: fc.constantFrom('Error', 'ValidationException', ...words),
    message: fc.constant(''),
    code: fc.constantFrom('', 'ENOENT', ...words),
    $fault: fc.constant('client' as const),
    $metadata: fc.record({ httpStatusCode: fc.constantFrom(0, 200, 400, 403, 429, 500, 501, 503, 504, 599) }),
    $retryable: fc.record({ throttling: fc.boolean() }),
  },
  { requiredKeys: ['name', 'message', 'code', '$fault', '$metadata'] },
);

describe('the judgement of an error of AWS', () => {
  it("knows the SDK's words", () => {
    expect(words).toContain('ProvisionedThroughputExceededException');
    expect(words).toContain('ECONNRESET');
  });

  it("is the SDK's own", () => {
    fc.assert(
      fc.property(anyError, (error) => {
        const passes = isThrottlingError(error) || isTransientError(error) || isServerError(error);
        expect(awsVerdict(error)).toBe(passes ? 'transient' : undefined);
      }),
      { numRuns: 5_000 },
    );
  });
});
