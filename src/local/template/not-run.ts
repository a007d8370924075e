import { LocalStackError } from '../../errors.ts';
import type { NotCreated, NotRun } from './resource-plan.ts';

/**
 * What is found, or that it does not run and why: for what may be left out, since the streams do without it.
 * @throws whatever is thrown that is no refusal
 */
export function orNotRun<Found>(
  { logicalId, type }: NotCreated,
  find: () => Found,
): Found | { readonly kind: 'not-run'; readonly notRun: NotRun } {
  try {
    return find();
  } catch (error) {
    if (!(error instanceof LocalStackError)) throw error;
    return { kind: 'not-run', notRun: { logicalId, type, reason: error.message.replace(/\.$/, '') } };
  }
}
