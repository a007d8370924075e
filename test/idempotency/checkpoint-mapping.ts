import type { Ending, ModelRecord, World } from './checkpoint-delivery.ts';
import { deliver } from './checkpoint-delivery.ts';

type Batch = readonly ModelRecord[];

/**
 * A shard's way through Lambda: batches in order; after an error the whole of one again, or its halves, the first one
 * first; after a partial failure the rest. A batch that comes again may be shorter or longer, and its first records may have
 * expired meanwhile.
 */
export async function runLane(world: World, records: Batch, deliveries: number): Promise<void> {
  const { pick } = world;
  let queue = cutRandomly(records, pick);
  for (let count = 0; count < deliveries; count += 1) {
    const [batch, ...others] = queue;
    if (batch === undefined) return;
    queue = next(batch, others, await deliver(world, batch), pick);
  }
}

function next(batch: Batch, others: readonly Batch[], ending: Ending, pick: World['pick']): readonly Batch[] {
  switch (ending.kind) {
    case 'success':
      return others;
    case 'partial':
      return redrawn(batch.slice(ending.from), others, pick);
    case 'error':
      return redrawn(batch, others, pick);
  }
}

function redrawn(batch: Batch, others: readonly Batch[], pick: World['pick']): readonly Batch[] {
  const [following = [], ...rest] = others;
  const at = 1 + pick(batch.length);
  switch (pick(6)) {
    case 0:
      return [[...batch, ...following], ...rest];
    case 1:
      return cutAt(batch, at, others);
    case 2:
    case 3:
      return cutAt(batch, Math.ceil(batch.length / 2), others);
    case 4:
      return pick(3) === 0 ? cutAt(batch.slice(at), batch.length, others) : [batch, ...others];
    default:
      return [batch, ...others];
  }
}

const cutAt = (batch: Batch, at: number, others: readonly Batch[]): readonly Batch[] =>
  [batch.slice(0, at), batch.slice(at), ...others].filter(({ length }) => length > 0);

function cutRandomly(records: Batch, pick: World['pick']): readonly Batch[] {
  if (records.length === 0) return [];
  const size = 1 + pick(Math.min(8, records.length));
  return [records.slice(0, size), ...cutRandomly(records.slice(size), pick)];
}
