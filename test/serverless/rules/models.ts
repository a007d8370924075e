import { describeRoutes } from '../../../src/routing/describe-routes.ts';
import { entity } from '../../../src/routing/entity.ts';
import type { AnyRouter } from '../../../src/routing/router.ts';
import { createRouter } from '../../../src/routing/router.ts';
import { startsWith } from '../../../src/routing/where.ts';
import type {
  ConsumerModel,
  MappingModel,
  QueueModel,
  ReplayModel,
  ServiceModel,
  TableModel,
} from '../../../src/serverless/rules/service-model.ts';

export const Order = entity('Order', { where: { pk: startsWith('ORDER#'), sk: 'SUMMARY' } });

export const routesOf = (...routers: readonly AnyRouter[]) =>
  describeRoutes(routers.map((router) => router.close()));

export const shop: TableModel = {
  id: 'ShopTable',
  name: 'Shop',
  view: 'NEW_AND_OLD_IMAGES',
  keys: ['pk', 'sk'],
};

export const letters: QueueModel = {
  id: 'DeadLetters',
  retentionSeconds: 14 * 86_400,
  visibilitySeconds: 360,
};

export const mapping: MappingModel = {
  table: 'ShopTable',
  isEnabled: true,
  batchSize: 100,
  batchWindowSeconds: 0,
  parallelizationFactor: 1,
  maximumRetryAttempts: 1_000,
  maximumRecordAgeSeconds: 43_200,
  bisects: true,
  hasPartialResponses: true,
  tumblingWindowSeconds: 0,
  onFailureQueue: 'DeadLetters',
};

/** One with a name, and a consumer and routes of its own. */
export const consumerOf = (name: string, changes: Partial<ConsumerModel> = {}): ConsumerModel => ({
  name,
  file: `handlers/${name}.ts`,
  timeoutSeconds: 30,
  consumer: name,
  routes: routesOf(createRouter().onModify(`${name}-told`, Order, () => undefined, { changed: ['sk'] })),
  deadlineMarginMs: 1_000,
  order: 'item',
  concurrency: 10,
  ledger: { guarantee: 'claim', expiresAfterSeconds: 172_800 },
  deadLetters: 'on',
  afterDeadLetter: 'continue',
  mappings: [mapping],
  ...changes,
});

export const replay: ReplayModel = {
  name: 'replay',
  file: 'handlers/replay.ts',
  timeoutSeconds: 60,
  queue: 'DeadLetters',
};

export const serviceOf = (
  consumers: readonly ConsumerModel[],
  changes: Partial<ServiceModel> = {},
): ServiceModel => ({ consumers, replays: [replay], tables: [shop], queues: [letters], ...changes });

/** A service of one consumer that is good but for these. */
export const serviceWith = (
  changes: Partial<ConsumerModel>,
  parts: Partial<ServiceModel> = {},
): ServiceModel => serviceOf([consumerOf('orders', changes)], parts);

export const withMapping = (changes: Partial<MappingModel>, consumer: Partial<ConsumerModel> = {}) =>
  serviceWith({ ...consumer, mappings: [{ ...mapping, ...changes }] });
