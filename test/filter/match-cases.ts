/** On what a case rests. */
export type CaseSource =
  /** Recorded on AWS; the key is that of the reference list: LS-SNAP is LocalStack's suite of tests, run against AWS. */
  | 'AWS-validated, LS-SNAP'
  /** Lambda's guide on filtering, or EventBridge's on patterns, whose rules Lambda says it uses. */
  | 'documented, Lambda guide'
  /** The DynamoDB guide on time to live, whose sample filters by `userIdentity`. */
  | 'documented, DynamoDB guide'
  | 'documented, EventBridge guide'
  /** Not documented: see `filterChoices`. */
  | 'choice';

export interface MatchCase {
  readonly it: string;
  readonly source: CaseSource;
  /** JSON text where the writing matters. */
  readonly pattern: unknown;
  readonly record: unknown;
  readonly matches: boolean;
}

const inserted = (NewImage: unknown): unknown => ({
  eventID: 'c9fbe7d0261a5163fcb6940593e41797',
  eventName: 'INSERT',
  eventVersion: '1.1',
  eventSource: 'aws:dynamodb',
  awsRegion: 'eu-central-1',
  dynamodb: {
    ApproximateCreationDateTime: 1_664_559_083,
    Keys: { id: { S: 'one' } },
    NewImage,
    SequenceNumber: '700000000011711316211',
    SizeBytes: 300,
    StreamViewType: 'NEW_AND_OLD_IMAGES',
  },
  eventSourceARN: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Shop/stream/2026-01-01T00:00:00.000',
});
const image = (NewImage: unknown): unknown => ({ dynamodb: { NewImage } });
const expired: unknown = {
  eventName: 'REMOVE',
  userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' },
  dynamodb: { Keys: { id: { S: 'one' } }, OldImage: { id: { S: 'one' } } },
};
const modified: unknown = { eventName: 'MODIFY', eventSource: 'aws:dynamodb', dynamodb: {} };

const text = inserted({ a: { S: 'Paid' } });
const onA = (test: unknown) => image({ a: { S: [test] } });
const listOfMaps = inserted({
  a: { L: [{ M: { x: { S: '1' }, y: { S: '2' } } }, { M: { x: { S: '3' } } }] },
});
const inMaps = (M: unknown) => image({ a: { L: { M } } });

const recorded = 'AWS-validated, LS-SNAP';
const lambda = 'documented, Lambda guide';
const eventBridge = 'documented, EventBridge guide';
const choice = 'choice';

const or = { $or: [{ eventName: ['INSERT'] }, { dynamodb: { NewImage: { a: { S: ['Paid'] } } } }] };
const two = '{"dynamodb":{"Keys":{"id":{"S":["other"]}}},"dynamodb":{"NewImage":{"a":{"S":["Paid"]}}}}';

// prettier-ignore
const recordedCases: readonly MatchCase[] = [
  { it: 'eventName passes what it names', source: recorded, pattern: { eventName: ['INSERT'] }, record: text, matches: true },
  { it: 'eventName stops what it does not name', source: recorded, pattern: { eventName: ['INSERT'] }, record: modified, matches: false },
  { it: 'several values are alternatives', source: recorded, pattern: { eventName: ['INSERT', 'MODIFY'] }, record: modified, matches: true },
  { it: 'eventSource can be filtered by', source: recorded, pattern: { eventSource: ['aws:dynamodb'] }, record: text, matches: true },
  { it: 'eventName and eventSource must both match', source: recorded, pattern: { eventName: ['INSERT'], eventSource: ['aws:dynamodb'] }, record: modified, matches: false },
  { it: 'patterns see the marshalled value', source: recorded, pattern: image({ a: { S: ['Paid'] } }), record: text, matches: true },
  { it: 'without the type, nothing matches', source: recorded, pattern: image({ a: ['Paid'] }), record: text, matches: false },
  { it: 'a missing attribute does not match', source: recorded, pattern: image({ b: { S: ['Paid'] } }), record: text, matches: false },
  { it: 'exists true on the leaf matches', source: recorded, pattern: onA({ exists: true }), record: text, matches: true },
  { it: 'exists true on a missing leaf does not', source: recorded, pattern: onA({ exists: true }), record: inserted({}), matches: false },
  { it: 'exists true on a branch never matches', source: recorded, pattern: image({ a: [{ exists: true }] }), record: text, matches: false },
  { it: 'exists false on a branch matches an item without the attribute', source: recorded, pattern: image({ a: [{ exists: false }] }), record: inserted({}), matches: true },
  { it: 'exists false on a branch matches an item with the attribute too', source: recorded, pattern: image({ a: [{ exists: false }] }), record: text, matches: true },
  { it: 'numeric does not work on N, a string', source: recorded, pattern: image({ n: { N: [{ numeric: ['>', 100] }] } }), record: inserted({ n: { N: '101' } }), matches: false },
  { it: 'anything-but works on the string of N', source: recorded, pattern: image({ n: { N: [{ numeric: ['>', 100] }, { 'anything-but': '101' }] } }), record: inserted({ n: { N: '42' } }), matches: true },
  { it: 'anything-but stops the string of N it names', source: recorded, pattern: image({ n: { N: [{ numeric: ['>', 100] }, { 'anything-but': '101' }] } }), record: inserted({ n: { N: '101' } }), matches: false },
  { it: 'numeric works on ApproximateCreationDateTime', source: recorded, pattern: { dynamodb: { ApproximateCreationDateTime: [{ numeric: ['>', 0] }] } }, record: text, matches: true },
  { it: 'prefix matches the beginning', source: recorded, pattern: onA({ prefix: 'us-1' }), record: inserted({ a: { S: 'us-1-other-suffix' } }), matches: true },
  { it: 'prefix does not match another beginning', source: recorded, pattern: onA({ prefix: 'us-1' }), record: inserted({ a: { S: 'other-suffix' } }), matches: false },
];

// prettier-ignore
const lambdaCases: readonly MatchCase[] = [
  { it: 'equality on the string of N works', source: lambda, pattern: image({ n: { N: ['42'] } }), record: inserted({ n: { N: '42' } }), matches: true },
  { it: 'a number is not the string of N', source: lambda, pattern: image({ n: { N: [42] } }), record: inserted({ n: { N: '42' } }), matches: false },
  { it: 'the string of N is compared as text', source: lambda, pattern: image({ n: { N: ['42.0'] } }), record: inserted({ n: { N: '42' } }), matches: false },
  { it: 'userIdentity tells expired items', source: 'documented, DynamoDB guide', pattern: { userIdentity: { type: ['Service'], principalId: ['dynamodb.amazonaws.com'] } }, record: expired, matches: true },
  { it: 'userIdentity stops what was deleted by hand', source: 'documented, DynamoDB guide', pattern: { userIdentity: { type: ['Service'] } }, record: modified, matches: false },
  { it: 'a key of the table', source: lambda, pattern: { dynamodb: { Keys: { id: { S: ['one'] } } } }, record: text, matches: true },
  { it: 'BOOL is a boolean', source: lambda, pattern: image({ a: { BOOL: [true] } }), record: inserted({ a: { BOOL: true } }), matches: true },
  { it: 'false is not true', source: lambda, pattern: image({ a: { BOOL: [true] } }), record: inserted({ a: { BOOL: false } }), matches: false },
  { it: 'a boolean is not its word', source: lambda, pattern: image({ a: { BOOL: ['true'] } }), record: inserted({ a: { BOOL: true } }), matches: false },
  { it: 'an attribute in a map', source: lambda, pattern: image({ a: { M: { b: { S: ['x'] } } } }), record: inserted({ a: { M: { b: { S: 'x' } } } }), matches: true },
  { it: 'null matches null', source: lambda, pattern: { a: [null] }, record: { a: null }, matches: true },
  { it: 'null does not match what is missing', source: lambda, pattern: { a: [null] }, record: {}, matches: false },
  { it: 'null does not match an empty string', source: lambda, pattern: { a: [null] }, record: { a: '' }, matches: false },
  { it: 'an empty string matches itself', source: lambda, pattern: onA(''), record: inserted({ a: { S: '' } }), matches: true },
  { it: 'an empty string does not match another', source: lambda, pattern: onA(''), record: text, matches: false },
  { it: 'an empty string does not match null', source: lambda, pattern: { a: [''] }, record: { a: null }, matches: false },
  { it: 'equality heeds case', source: lambda, pattern: onA('paid'), record: text, matches: false },
  { it: 'equals-ignore-case does not', source: lambda, pattern: onA({ 'equals-ignore-case': 'pAID' }), record: text, matches: true },
  { it: 'equals-ignore-case wants the whole string', source: lambda, pattern: onA({ 'equals-ignore-case': 'pai' }), record: text, matches: false },
  { it: 'several keys must all match', source: lambda, pattern: { eventName: ['INSERT'], dynamodb: { NewImage: { a: { S: ['Open'] } } } }, record: text, matches: false },
  { it: 'an operator or a value', source: lambda, pattern: image({ a: { S: ['Paid', { prefix: 'Op' }] } }), record: text, matches: true },
  { it: 'a value or an operator', source: lambda, pattern: image({ a: { S: ['Open', { prefix: 'Pa' }] } }), record: text, matches: true },
  { it: '$or matches by its first alternative', source: lambda, pattern: or, record: inserted({}), matches: true },
  { it: '$or matches by its second alternative', source: lambda, pattern: or, record: { eventName: 'MODIFY', dynamodb: { NewImage: { a: { S: 'Paid' } } } }, matches: true },
  { it: '$or does not match by none', source: lambda, pattern: or, record: modified, matches: false },
  { it: '$or within an object', source: lambda, pattern: image({ $or: [{ a: { S: ['Open'] } }, { b: { S: ['x'] } }] }), record: inserted({ b: { S: 'x' } }), matches: true },
  { it: 'anything-but a string passes another', source: lambda, pattern: onA({ 'anything-but': 'Open' }), record: text, matches: true },
  { it: 'anything-but a list', source: lambda, pattern: onA({ 'anything-but': ['Open', 'Paid'] }), record: text, matches: false },
  { it: 'anything-but wants the leaf to be there', source: lambda, pattern: onA({ 'anything-but': 'Open' }), record: inserted({}), matches: false },
  { it: 'numeric equality', source: lambda, pattern: { dynamodb: { SizeBytes: [{ numeric: ['=', 300] }] } }, record: text, matches: true },
  { it: 'a range without its lower end', source: lambda, pattern: { a: [{ numeric: ['>', 10, '<=', 20] }] }, record: { a: 10 }, matches: false },
  { it: 'a range with its upper end', source: lambda, pattern: { a: [{ numeric: ['>', 10, '<=', 20] }] }, record: { a: 20 }, matches: true },
  { it: 'a range with its lower end', source: lambda, pattern: { a: [{ numeric: ['>=', 10, '<', 20] }] }, record: { a: 10 }, matches: true },
  { it: 'a range without its upper end', source: lambda, pattern: { a: [{ numeric: ['>=', 10, '<', 20] }] }, record: { a: 20 }, matches: false },
  { it: 'exists false on a missing leaf', source: lambda, pattern: onA({ exists: false }), record: inserted({}), matches: true },
  { it: 'exists false on a leaf that is there', source: lambda, pattern: onA({ exists: false }), record: text, matches: false },
  { it: 'prefix does not match elsewhere', source: lambda, pattern: onA({ prefix: 'id' }), record: text, matches: false },
  { it: 'suffix matches the end', source: lambda, pattern: onA({ suffix: 'id' }), record: text, matches: true },
  { it: 'suffix does not match elsewhere', source: lambda, pattern: onA({ suffix: 'Pa' }), record: text, matches: false },
  { it: 'a number equals what is written like it', source: lambda, pattern: '{"dynamodb":{"SizeBytes":[300]}}', record: text, matches: true },
  { it: '300.0 is not 300', source: lambda, pattern: '{"dynamodb":{"SizeBytes":[300.0]}}', record: text, matches: false },
  { it: '3e2 is not 300', source: lambda, pattern: '{"dynamodb":{"SizeBytes":[3e2]}}', record: text, matches: false },
  { it: 'numeric compares by value: 300.0 is 300', source: lambda, pattern: '{"dynamodb":{"SizeBytes":[{"numeric":["=",300.0]}]}}', record: text, matches: true },
  { it: 'of a key that occurs twice the last counts', source: lambda, pattern: two, record: text, matches: true },
];

// prettier-ignore
const eventBridgeCases: readonly MatchCase[] = [
  { it: 'one element of a string set is enough', source: eventBridge, pattern: image({ a: { SS: ['x'] } }), record: inserted({ a: { SS: ['w', 'x'] } }), matches: true },
  { it: 'no element of a number set is not', source: eventBridge, pattern: image({ a: { NS: ['3'] } }), record: inserted({ a: { NS: ['1', '2'] } }), matches: false },
  { it: 'a key goes through the elements of a list', source: eventBridge, pattern: image({ a: { L: { S: ['x'] } } }), record: inserted({ a: { L: [{ N: '1' }, { S: 'x' }] } }), matches: true },
  { it: 'and of a list in a list', source: eventBridge, pattern: image({ a: { L: { L: { S: ['x'] } } } }), record: inserted({ a: { L: [{ L: [{ S: 'x' }] }] } }), matches: true },
  { it: 'prefix with ignored case', source: eventBridge, pattern: onA({ prefix: { 'equals-ignore-case': 'pA' } }), record: text, matches: true },
  { it: 'suffix with ignored case', source: eventBridge, pattern: onA({ suffix: { 'equals-ignore-case': 'ID' } }), record: text, matches: true },
  { it: 'anything-but a prefix stops it', source: eventBridge, pattern: onA({ 'anything-but': { prefix: 'Pa' } }), record: text, matches: false },
  { it: 'anything-but a prefix passes another', source: eventBridge, pattern: onA({ 'anything-but': { prefix: 'Op' } }), record: text, matches: true },
  { it: 'anything-but a suffix stops it', source: eventBridge, pattern: onA({ 'anything-but': { suffix: 'id' } }), record: text, matches: false },
  { it: 'anything-but with ignored case stops it', source: eventBridge, pattern: onA({ 'anything-but': { 'equals-ignore-case': ['x', 'PAID'] } }), record: text, matches: false },
  { it: 'anything-but numbers', source: eventBridge, pattern: { dynamodb: { SizeBytes: [{ 'anything-but': [300, 301] }] } }, record: text, matches: false },
  { it: 'exists false where the whole branch is missing', source: eventBridge, pattern: { dynamodb: { OldImage: { a: { S: [{ exists: false }] } } } }, record: text, matches: true },
];

// prettier-ignore
const choiceCases: readonly MatchCase[] = [
  { it: 'conditions on a map in a list are met by one map', source: choice, pattern: inMaps({ x: { S: ['1'] }, y: { S: ['2'] } }), record: listOfMaps, matches: true },
  { it: 'conditions on a map in a list are not met by two maps', source: choice, pattern: inMaps({ x: { S: ['3'] }, y: { S: ['2'] } }), record: listOfMaps, matches: false },
  { it: 'exists false asks all maps of a list', source: choice, pattern: inMaps({ y: { S: [{ exists: false }] } }), record: listOfMaps, matches: false },
  { it: 'exists false in a list without such a leaf', source: choice, pattern: inMaps({ z: { S: [{ exists: false }] } }), record: listOfMaps, matches: true },
  { it: 'an empty list has no leaf', source: choice, pattern: image({ a: { L: [{ exists: true }] } }), record: inserted({ a: { L: [] } }), matches: false },
  { it: 'an empty list is passed by exists false', source: choice, pattern: image({ a: { L: { S: [{ exists: false }] } } }), record: inserted({ a: { L: [] } }), matches: true },
  { it: 'an empty map is no leaf', source: choice, pattern: image({ a: { M: [{ exists: false }] } }), record: inserted({ a: { M: {} } }), matches: true },
  { it: 'null is a leaf', source: choice, pattern: { a: [{ exists: true }] }, record: { a: null }, matches: true },
  { it: 'exists false beside a value', source: choice, pattern: onA({ exists: false }), record: inserted({ a: { N: '1' } }), matches: true },
  { it: 'of a list, anything-but wants one other element', source: choice, pattern: image({ a: { SS: [{ 'anything-but': 'x' }] } }), record: inserted({ a: { SS: ['x', 'y'] } }), matches: true },
  { it: 'of a list, anything-but stops only its values', source: choice, pattern: image({ a: { SS: [{ 'anything-but': 'x' }] } }), record: inserted({ a: { SS: ['x'] } }), matches: false },
  { it: 'anything-but a string passes a number', source: choice, pattern: { a: [{ 'anything-but': '1' }] }, record: { a: 1 }, matches: true },
  { it: 'anything-but 300.0 passes 300', source: choice, pattern: '{"a":[{"anything-but":300.0}]}', record: { a: 300 }, matches: true },
  { it: 'a condition beside $or counts as well', source: choice, pattern: { eventName: ['MODIFY'], ...or }, record: inserted({ a: { S: 'Paid' } }), matches: false },
  { it: 'a condition beside $or is not replaced in it', source: choice, pattern: { eventName: ['MODIFY'], $or: [{ eventName: ['INSERT'] }, { b: ['x'] }] }, record: text, matches: false },
  { it: 'an empty prefix is in every string', source: choice, pattern: onA({ prefix: '' }), record: text, matches: true },
  { it: 'a dot in a key is no path', source: choice, pattern: { 'a.b': ['x'] }, record: { a: { b: 'x' } }, matches: false },
  { it: 'the key __proto__ is data', source: choice, pattern: '{"dynamodb":{"NewImage":{"__proto__":{"S":["x"]}}}}', record: JSON.parse('{"dynamodb":{"NewImage":{"__proto__":{"S":"x"}}}}') as unknown, matches: true },
  { it: '__proto__ does not reach what all objects have', source: choice, pattern: '{"__proto__":{"x":[{"exists":true}]}}', record: Object.create({ x: '1' }) as unknown, matches: false },
  { it: 'an inherited key is not there', source: choice, pattern: { x: [{ exists: false }] }, record: Object.create({ x: '1' }) as unknown, matches: true },
  { it: 'the key constructor is not there by itself', source: choice, pattern: { constructor: { name: [{ exists: true }] } }, record: {}, matches: false },
  { it: 'the key toString is not there by itself', source: choice, pattern: { toString: [{ 'anything-but': 'x' }] }, record: {}, matches: false },
  { it: 'the key toString is data', source: choice, pattern: { toString: ['x'] }, record: { toString: 'x' }, matches: true },
  { it: 'the length of a list is no key', source: choice, pattern: { a: { length: [1] } }, record: { a: ['x'] }, matches: false },
  { it: 'undefined is not there', source: choice, pattern: { a: [{ exists: false }] }, record: { a: undefined }, matches: true },
  { it: 'a record that is no object has no keys', source: choice, pattern: { a: [{ 'anything-but': 'x' }] }, record: null, matches: false },
];

export const matchCases: readonly MatchCase[] = [
  ...recordedCases,
  ...lambdaCases,
  ...eventBridgeCases,
  ...choiceCases,
];
