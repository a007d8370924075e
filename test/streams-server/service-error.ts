/** The errors of the Streams API, and of AWS's front ends, that the server can answer with. */
export type ServiceErrorName = keyof typeof namespaces;

const streams = 'com.amazonaws.dynamodb.v20120810';
const throttling = 'com.amazon.coral.availability';
const protocol = 'com.amazon.coral.service';

/** What stands before the `#` in an error's `__type`. Clients read only what stands after it. */
const namespaces = {
  ResourceNotFoundException: streams,
  LimitExceededException: streams,
  InternalServerError: streams,
  ExpiredIteratorException: streams,
  TrimmedDataAccessException: streams,
  ProvisionedThroughputExceededException: streams,
  ThrottlingException: throttling,
  ServiceUnavailable: protocol,
  SerializationException: protocol,
  UnknownOperationException: protocol,
  ValidationException: 'com.amazon.coral.validate',
} as const;

/** An answer that is an error. The SDK's client throws it under the same name. */
export class ServiceError extends Error {
  override readonly name: ServiceErrorName;

  constructor(name: ServiceErrorName, message: string) {
    super(message);
    this.name = name;
  }
}

export const statusOf = ({ name }: ServiceError): number => {
  if (name === 'InternalServerError') return 500;
  return name === 'ServiceUnavailable' ? 503 : 400;
};

/** The body by which AWS's JSON protocol tells an error. */
export const errorBody = ({ name, message }: ServiceError): Buffer =>
  Buffer.from(JSON.stringify({ __type: `${namespaces[name]}#${name}`, message }));
