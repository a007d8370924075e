import { isAtWork } from './attached.ts';
import type { ConsumerModel, ServiceModel } from './service-model.ts';

/** Two functions of one consumer, and what both of them call their routes. */
export interface SameConsumer {
  readonly consumer: string;
  readonly one: ConsumerModel;
  readonly other: ConsumerModel;
  readonly sharedRoutes: readonly string[];
}

/** Every two functions at work that have one consumer's name. */
export function pairsOfOneConsumer({ consumers }: ServiceModel): readonly SameConsumer[] {
  const atWork = consumers.filter(isAtWork);
  return atWork.flatMap((other, index) =>
    atWork.slice(0, index).flatMap((one) => {
      const { consumer } = other;
      if (consumer === undefined || one.consumer !== consumer) return [];
      const names = new Set(one.routes.map(({ name }) => name));
      const shared = other.routes.map(({ name }) => name).filter((name) => names.has(name));
      return [{ consumer, one, other, sharedRoutes: [...new Set(shared)] }];
    }),
  );
}
