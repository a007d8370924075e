import { LocalStackError } from '../../errors.ts';
import type { NextStep } from './decide-next.ts';
import type { BatchOutcome } from './judge-invocation.ts';
import type { OnFailurePointer } from './on-failure-pointer.ts';

/** One invocation, after it ended. */
export interface InvocationReport {
  readonly shardId: string;
  readonly requestId: string;
  /** Counts from 1, and afresh whenever the checkpoint moves. */
  readonly attempt: number;
  /** 0 for the end of a tumbling window, which brings no records. */
  readonly batchSize: number;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
  readonly durationMs: number;
  readonly outcome: BatchOutcome;
  /** What the mapping does next: goes on, invokes again with the same records, halves them, or gives them up. */
  readonly next: NextStep['kind'];
}

/** Called as things happen; the mapping does not wait for them. An error thrown in one is told to `onError`. */
export interface MappingObservers {
  readonly onInvocation: (report: InvocationReport) => void;
  /** Records were given up, and their pointer accepted by the on-failure destination if there is one. */
  readonly onGivenUp: (pointer: OnFailurePointer) => void;
  /** Something went wrong on the mapping's side. It goes on by itself. Default: a warning of the process. */
  readonly onError: (error: Error) => void;
}

export function mappingObservers(given: Partial<MappingObservers>): MappingObservers {
  const onError = (error: Error) => {
    try {
      if (given.onError) given.onError(error);
      else process.emitWarning(error);
    } catch (thrown) {
      // The mapping must outlive its observers; the last place to say it is the process itself.
      process.emitWarning(
        new LocalStackError('onError of an event source mapping threw.', { cause: thrown }),
      );
    }
  };
  const guarded =
    <Value>(name: string, observe: ((value: Value) => void) | undefined) =>
    (value: Value) => {
      const tell = (cause: unknown) =>
        onError(new LocalStackError(`${name} of an event source mapping threw.`, { cause }));
      try {
        // An observer that is async would end the process with its rejection.
        const returned: unknown = observe?.(value);
        if (returned instanceof Promise) returned.catch(tell);
      } catch (cause) {
        tell(cause);
      }
    };
  return {
    onInvocation: guarded('onInvocation', given.onInvocation),
    onGivenUp: guarded('onGivenUp', given.onGivenUp),
    onError,
  };
}
