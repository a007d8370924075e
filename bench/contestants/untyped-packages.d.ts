/** The package is JavaScript without types: as much of it as the benchmark uses. */
declare module 'aws-lambda-stream/from/dynamodb' {
  import type { DynamoDBStreamEvent } from 'aws-lambda';
  import type { Stream } from 'highland';

  export interface UnitOfWork {
    readonly event: { readonly raw: { readonly new: unknown; readonly old: unknown } };
  }
  export function fromDynamodb(event: DynamoDBStreamEvent): Stream<UnitOfWork>;
}

declare module 'aws-lambda-stream/utils/handler' {
  import type { Stream } from 'highland';

  export function toPromise(stream: Stream<unknown>): Promise<unknown>;
}

declare module 'highland' {
  export interface Stream<Value> {
    map<Mapped>(map: (value: Value) => Mapped): Stream<Mapped>;
    parallel(atOnce: number): Stream<unknown>;
    through<Result>(end: (stream: Stream<Value>) => Result): Result;
  }
  export default function highland<Value>(promise: Promise<Value>): Stream<Value>;
}
