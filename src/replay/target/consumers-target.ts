import { ReplayError } from '../../errors.ts';
import { notBegun } from '../../reporting/replay-results.ts';
import { quoted, refusalOf } from './of-function.ts';
import type { ReplayTarget } from './target.ts';

/**
 * The handlers of several consumers, whose letters lie in one queue: each gets its own.
 * @param consumerOf of which consumer a function on Lambda is; undefined: nobody has said
 */
export const consumersTarget = (
  targets: ReadonlyMap<string, ReplayTarget>,
  consumerOf: (functionName: string) => string | undefined,
): ReplayTarget => ({
  description: 'the handlers in this process',
  refusalOfPointer: (functionName) =>
    targets.has(consumerOf(functionName) ?? '')
      ? undefined
      : refusalOf(
          functionName,
          `the handlers here are of ${quoted(targets.keys())}, of none of which that function was said to be (SPILLWAY_FUNCTIONS; in code functions)`,
        ),
  async run(request, functionName) {
    const [first] = request.spillwayReplay.works;
    const consumer = first?.kind === 'letter' ? first.consumer : consumerOf(functionName);
    const target = targets.get(consumer ?? '');
    if (target !== undefined) return target.run(request, functionName);
    const error = new ReplayError(
      `it is of the consumer "${consumer ?? functionName}" and the handlers are of ${quoted(targets.keys())}: replay it with that one's`,
    );
    return request.Records.map(() => notBegun('refused', error));
  },
});
