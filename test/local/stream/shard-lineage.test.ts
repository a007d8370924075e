import { describe, expect, it } from 'vitest';
import type { ShardCheckpoint } from '../../../src/local/stream/checkpoints.ts';
import { startPositions } from '../../../src/local/stream/checkpoints.ts';
import { readableShards } from '../../../src/local/stream/shard-lineage.ts';

const shards = [
  { shardId: 'grandchild', parentShardId: 'left' },
  { shardId: 'left', parentShardId: 'root' },
  { shardId: 'right', parentShardId: 'root' },
  { shardId: 'root', parentShardId: 'forgotten' },
];
const readable = (...drained: readonly string[]) =>
  readableShards(shards, new Set(drained)).map(({ shardId }) => shardId);

describe('which shards may be read', () => {
  it('begins with those whose parent the stream has forgotten', () => {
    expect(readable()).toEqual(['root']);
  });

  it('goes on with all children of a drained shard at once', () => {
    expect(readable('root')).toEqual(['left', 'right']);
  });

  it('holds a grandchild back until its own parent is drained', () => {
    expect(readable('root', 'right')).toEqual(['left']);
    expect(readable('root', 'left')).toEqual(['grandchild', 'right']);
  });

  it('has nothing left when all are drained', () => {
    expect(readable('root', 'left', 'right', 'grandchild')).toEqual([]);
  });
});

const starts = (position: 'TRIM_HORIZON' | 'LATEST', resumeFrom?: Record<string, ShardCheckpoint>) =>
  Object.fromEntries(
    [...startPositions(shards, position, resumeFrom)].map(([shardId, start]) => [
      shardId,
      start.kind === 'AFTER_SEQUENCE_NUMBER' ? start.sequenceNumber : start.kind,
    ]),
  );

describe('where the shards start', () => {
  it('is their beginning at TRIM_HORIZON', () => {
    expect(starts('TRIM_HORIZON')).toEqual({
      root: 'TRIM_HORIZON',
      left: 'TRIM_HORIZON',
      right: 'TRIM_HORIZON',
      grandchild: 'TRIM_HORIZON',
    });
  });

  it('is the end of those without children at LATEST; the others are over', () => {
    expect(starts('LATEST')).toEqual({
      root: 'drained',
      left: 'drained',
      right: 'LATEST',
      grandchild: 'LATEST',
    });
  });

  it('is behind the checkpoint of those that have one', () => {
    const root: ShardCheckpoint = { kind: 'after', sequenceNumber: '17' };
    expect(starts('TRIM_HORIZON', { root })).toMatchObject({ root: '17', left: 'TRIM_HORIZON' });
  });

  it('is the beginning of all descendants of a shard with a checkpoint, at LATEST too', () => {
    expect(starts('LATEST', { root: { kind: 'drained' } })).toEqual({
      root: 'drained',
      left: 'TRIM_HORIZON',
      right: 'TRIM_HORIZON',
      grandchild: 'TRIM_HORIZON',
    });
  });
});
