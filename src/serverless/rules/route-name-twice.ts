import type { Rule } from './finding.ts';
import { listed, placeOf } from './finding.ts';
import { pairsOfOneConsumer } from './same-consumer.ts';

/**
 * A route's name is its identity in the ledger, within its consumer. Two functions that share one share the work: of each
 * record whichever is first runs, and to the other it is a duplicate. (`createHandler` refuses it within one handler.)
 */
export const routeNameTwice: Rule = (service) => [
  ...service.consumers.flatMap((consumer) => {
    const names = consumer.routes.map(({ name }) => name);
    const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
    return [...twice].map((name) => ({
      level: 'error' as const,
      rule: 'route-name-twice',
      ...placeOf(consumer),
      message: `two routes are called "${name}": to the ledger they are one, so only one of them would run.`,
      remedy: 'Give each route a name of its own.',
    }));
  }),
  ...pairsOfOneConsumer(service)
    .filter(({ sharedRoutes }) => sharedRoutes.length > 0)
    .map(({ consumer, one, other, sharedRoutes }) => ({
      level: 'error' as const,
      rule: 'route-name-twice',
      ...placeOf(other),
      message:
        `the functions "${one.name}" and "${other.name}" are both consumer "${consumer}" and both have ` +
        `${sharedRoutes.length === 1 ? 'a route' : 'routes'} ${listed(sharedRoutes)}: of each record only one of them would run.`,
      remedy:
        'Set SPILLWAY_CONSUMER to another name for one of them, or rename the routes. To replace a function by another, disable the mapping of one.',
    })),
];
