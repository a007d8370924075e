import { isObject } from '../../stream/record.ts';
import type { ForeignTraits } from './found.ts';

/** What a body, and the attributes beside it, say of a letter that cannot be read as a whole. */
export function foreignTraits(
  content: Readonly<Record<string, unknown>>,
  { table }: Readonly<Record<string, string>>,
): ForeignTraits {
  const { id, route, consumer, reason, error, failedAt } = content;
  const name = isObject(error) ? error['name'] : undefined;
  return {
    ...(typeof id === 'string' && { id }),
    ...((typeof route === 'string' || route === null) && { route }),
    ...(typeof consumer === 'string' && { consumer }),
    ...(typeof reason === 'string' && { reason }),
    ...(typeof name === 'string' && { error: name }),
    ...(table !== undefined && { table }),
    ...(typeof failedAt === 'string' && { failedAt }),
  };
}
