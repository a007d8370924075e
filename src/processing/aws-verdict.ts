import { property } from './thrown.ts';

/** What node's sockets, its DNS and undici (`fetch`) call a network that does not answer. */
const networkCodes: readonly unknown[] = [
  'ECONNABORTED',
  'ECONNREFUSED',
  'ECONNRESET',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETDOWN',
  'ENETUNREACH',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_SOCKET',
];

/**
 * What AWS's services call throttling and time-outs, as the SDK knows them; a test holds the list to the SDK's. It is not
 * asked itself: its module is CommonJS to a bundler with default settings, and such a bundle throws where it is loaded.
 * @see https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
 */
const passingNames: readonly unknown[] = [
  'BandwidthLimitExceeded',
  'EC2ThrottledException',
  'LimitExceededException',
  'PriorRequestNotComplete',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'ThrottledException',
  'Throttling',
  'ThrottlingException',
  'TimeoutError',
  'TooManyRequestsException',
  'TransactionInProgressException',
];

/** The reasons for which DynamoDB cancels a transaction that is worth trying again.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html */
const passingReasons: readonly unknown[] = [
  'TransactionConflict',
  'ThrottlingError',
  'ProvisionedThroughputExceeded',
];

/** Whether an error is one of AWS or of the network that passes by itself. What was thrown may have getters that throw. */
export function awsVerdict(link: unknown): 'transient' | undefined {
  const status = property(property(link, '$metadata'), 'httpStatusCode');
  const passes =
    networkCodes.includes(property(link, 'code')) ||
    passingNames.includes(property(link, 'name')) ||
    property(link, '$fault') === 'server' ||
    property(link, '$retryable') !== undefined ||
    status === 429 ||
    (typeof status === 'number' && status >= 500 && status <= 599) ||
    isPassingCancellation(link);
  return passes ? 'transient' : undefined;
}

function isPassingCancellation(link: unknown): boolean {
  const reasons = property(link, 'CancellationReasons');
  if (!Array.isArray(reasons)) return false;
  const codes = reasons.map((reason) => property(reason, 'Code'));
  // A condition that failed beside a conflict was looked at in the middle of another's transaction.
  return (
    codes.some((code) => passingReasons.includes(code)) &&
    codes.every(
      (code) => passingReasons.includes(code) || code === 'None' || code === 'ConditionalCheckFailed',
    )
  );
}
