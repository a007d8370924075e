import { compareText } from '../patterns/attribute-pattern.ts';
import { consumerNameTwice } from './consumer-name-twice.ts';
import type { Finding, FindingLevel, Rule } from './finding.ts';
import { ledgerExpiresEarly } from './ledger-expires-early.ts';
import { parallelShardOrder } from './parallel-shard-order.ts';
import { partialResponsesOff } from './partial-responses-off.ts';
import { routeNameTwice } from './route-name-twice.ts';
import type { ServiceModel } from './service-model.ts';
import { tableWithoutRoutes } from './table-without-routes.ts';
import { timeoutTooShort } from './timeout-too-short.ts';
import { tooManyReaders } from './too-many-readers.ts';
import { tumblingWindow } from './tumbling-window.ts';
import { unlimitedRetries } from './unlimited-retries.ts';
import { viewLacksImage } from './view-lacks-image.ts';
import { visibilityTooShort } from './visibility-too-short.ts';
import { whereNotAPattern } from './where-not-a-pattern.ts';

const rules: readonly Rule[] = [
  consumerNameTwice,
  ledgerExpiresEarly,
  parallelShardOrder,
  partialResponsesOff,
  routeNameTwice,
  tableWithoutRoutes,
  timeoutTooShort,
  tooManyReaders,
  tumblingWindow,
  unlimitedRetries,
  viewLacksImage,
  visibilityTooShort,
  whereNotAPattern,
];

/** What the rules have against a service: the errors first, then by file, function and rule. A good one has no findings. */
export const lint = (service: ServiceModel): readonly Finding[] => {
  // Of two that clash the finding is with the latter: by name, so that the order of the service makes no difference.
  const consumers = service.consumers.toSorted((one, other) => compareText(one.name, other.name));
  const found = rules
    .flatMap((rule) => rule({ ...service, consumers }))
    .map((finding) => [sortKey(finding), finding] as const);
  return [...new Map(found)]
    .toSorted(([one], [other]) => compareText(one, other))
    .map(([, finding]) => finding);
};

const levels: readonly FindingLevel[] = ['error', 'warning', 'note'];

/** The whole of a finding: two that say the same are one. */
const sortKey = ({ level, file, function: name, rule, message }: Finding): string =>
  JSON.stringify([levels.indexOf(level), file, name, rule, message]);
