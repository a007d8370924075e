import { attachments, tableName } from './attached.ts';
import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';

/** Spillway answers with what is not settled; a mapping that does not read the answer takes every batch for settled.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html */
export const partialResponsesOff: Rule = (service) =>
  attachments(service)
    .filter(({ mapping }) => !mapping.hasPartialResponses)
    .map(({ consumer, table }) => ({
      level: 'error',
      rule: 'partial-responses-off',
      ...placeOf(consumer),
      message:
        `the mapping of table "${tableName(table)}" has partial responses switched off: Lambda would not read which ` +
        'records are not settled, and they would be lost.',
      remedy: 'Leave functionResponseType out, or set it to ReportBatchItemFailures.',
    }));
