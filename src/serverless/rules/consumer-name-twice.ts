import type { Rule } from './finding.ts';
import { placeOf } from './finding.ts';
import { pairsOfOneConsumer } from './same-consumer.ts';

/**
 * A consumer's name tells which function a letter is for, and under which name an item is parked. If two functions have
 * it and differ in their routes, a replay by the one refuses the letters of the other.
 */
export const consumerNameTwice: Rule = (service) =>
  pairsOfOneConsumer(service)
    // Where they share routes, that is what is to be said.
    .filter(({ sharedRoutes }) => sharedRoutes.length === 0)
    .map(({ consumer, one, other }) => ({
      level: 'error',
      rule: 'consumer-name-twice',
      ...placeOf(other),
      message:
        `the functions "${one.name}" and "${other.name}" have different routes and are both consumer "${consumer}": ` +
        'a letter of the one could be replayed by the other, which would refuse it.',
      remedy: 'Set SPILLWAY_CONSUMER to a name of its own for each, or make one function of their routers.',
    }));
