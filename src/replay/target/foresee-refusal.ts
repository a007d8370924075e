import type { DescribedHandler, StreamHandler } from '../../create-handler.ts';
import { fromEnvironment } from '../../environment.ts';
import type { ReplayWork } from '../../reporting/replay-protocol.ts';
import { tableOfRaw } from '../../stream/read-record.ts';
import type { RawRecord } from '../../stream/record.ts';

/** As which consumer a handler knows its work, if it is told. */
export const namedConsumer = (
  handler: StreamHandler & Partial<Pick<DescribedHandler, 'description'>>,
): string | undefined => handler.description?.consumer ?? fromEnvironment('SPILLWAY_CONSUMER');

/**
 * Why a handler in this process is going to refuse a piece of work, as far as what it was made with tells. Undefined: it may
 * run, or the handler itself finds out.
 */
export function foreseeRefusal(
  handler: StreamHandler & Partial<Pick<DescribedHandler, 'description'>>,
  work: ReplayWork,
  record: RawRecord,
): string | undefined {
  const table = tableOfRaw(record);
  if (
    !handler.routes.some(
      ({ tables }) => tables === undefined || (table !== undefined && tables.includes(table)),
    )
  )
    return `the handler has no route for the table "${table ?? ''}"`;
  if (work.kind === 'record') return undefined;
  const consumer = namedConsumer(handler);
  if (consumer !== undefined && consumer !== work.consumer)
    return `the letter is of the consumer "${work.consumer}" and the handler is "${consumer}"`;
  if (work.route !== null && !handler.routes.some(({ name }) => name === work.route))
    return `the handler has no route "${work.route}"`;
  return undefined;
}
