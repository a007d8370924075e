import type { Contestant, Entrant } from './contestant.ts';
import type { Work } from './work.ts';

const both = { looks: 'at both images', recordsPerItem: 1 } as const;

/** In the order of the table. Comparisons name some of them by id. */
export const entrants: readonly Entrant[] = [
  { id: 'bare-loop', label: 'bare loop with unmarshall', ...both, load: bareLoop() },
  { id: 'spillway', label: 'Spillway', ...both, load: spillway('readsImages') },
  {
    id: 'spillway-items',
    label: 'Spillway, 10 changes of each item',
    ...both,
    recordsPerItem: 10,
    load: spillway('readsImages'),
  },
  {
    id: 'spillway-key',
    label: 'Spillway, handler reads the key only',
    ...both,
    looks: 'at the key',
    load: spillway('readsKey'),
  },
  { id: 'spillway-zod', label: 'Spillway, zod schema', ...both, load: spillway('readsImagesWithSchema') },
  {
    id: 'powertools-parallel',
    label: 'Powertools, parallel (its default)',
    ...both,
    load: async (work) => (await import('./powertools.ts')).withoutParser(work, true),
  },
  {
    id: 'powertools-sequential',
    label: 'Powertools, sequential',
    ...both,
    load: async (work) => (await import('./powertools.ts')).withoutParser(work, false),
  },
  {
    id: 'powertools-schema',
    label: 'Powertools, sequential, parser: schema',
    ...both,
    load: async (work) => (await import('./powertools.ts')).withSchema(work),
  },
  {
    id: 'powertools-inner-schema',
    label: 'Powertools, sequential, parser: innerSchema',
    ...both,
    load: async (work) => (await import('./powertools.ts')).withInnerSchema(work),
  },
  {
    id: 'middy-batch',
    label: '@middy/event-batch-handler, -response',
    absent: 'not in the registry',
  },
  {
    id: 'middy',
    label: 'middy with event-normalizer, Promise.all',
    ...both,
    load: async (work) => (await import('./middy.ts')).middyNormalized(work),
  },
  {
    id: 'aws-lambda-stream',
    label: 'aws-lambda-stream',
    ...both,
    load: async (work) => (await import('./aws-lambda-stream.ts')).pipeline(work),
  },
];

function bareLoop(): Contestant['load'] {
  return async (work) => (await import('./bare-loop.ts')).bareLoop(work);
}

function spillway(made: 'readsImages' | 'readsKey' | 'readsImagesWithSchema'): Contestant['load'] {
  return async (work: Work) => (await import('./spillway.ts'))[made](work);
}
