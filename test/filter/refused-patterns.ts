export interface RefusedPattern {
  readonly it: string;
  /** JSON text, or what is to be written as such. */
  readonly pattern: unknown;
  /** What follows the words of AWS. */
  readonly says: string;
}

const onA = (test: unknown): unknown => ({ a: [test] });
const rule = 'anything-but must have a string, a number, a list of them, or an object with';
const operator = 'there are anything-but, equals-ignore-case, exists, numeric, prefix and suffix';

// prettier-ignore
export const refusedPatterns: readonly RefusedPattern[] = [
  { it: 'a single string (AWS-validated, LS-SNAP)', pattern: 'single-string', says: 'The pattern is not JSON.' },
  { it: 'broken JSON (AWS-validated, LS-SNAP)', pattern: '[{"eventName": ["INSERT"=123}]', says: 'The pattern is not JSON.' },
  { it: 'an empty text', pattern: '', says: 'The pattern is not JSON.' },
  { it: 'JSON with a comma too many', pattern: '{"a":["x"],}', says: 'The pattern is not JSON.' },
  { it: 'a list', pattern: [{ a: ['x'] }], says: 'The pattern must be a JSON object.' },
  { it: 'null', pattern: 'null', says: 'The pattern must be a JSON object.' },
  { it: 'a number', pattern: '1', says: 'The pattern must be a JSON object.' },
  { it: 'an empty object', pattern: {}, says: 'An object of a pattern must have a key.' },
  { it: 'an empty object below', pattern: { dynamodb: { NewImage: {} } }, says: 'At dynamodb.NewImage: an object of a pattern must have a key.' },
  { it: 'a leaf that is a string', pattern: { eventName: 'INSERT' }, says: 'At eventName: a key must have an object or an array; write a single value as an array of one.' },
  { it: 'a leaf that is null', pattern: { a: null }, says: 'At a: a key must have an object or an array;' },
  { it: 'a leaf that is a number', pattern: { a: 1 }, says: 'At a: a key must have an object or an array;' },
  { it: 'an empty list', pattern: { dynamodb: { Keys: { id: { S: [] } } } }, says: 'At dynamodb.Keys.id.S: the array of values must not be empty.' },
  { it: 'a list in a list', pattern: { a: ['x', ['y']] }, says: 'At a[1]: an array of values must not hold an array.' },
  { it: 'an odd key, quoted', pattern: { 'my "a"': { b: 1 } }, says: 'At ["my \\"a\\""].b: a key' },
  { it: 'an unknown operator', pattern: onA({ contains: 'x' }), says: `At a[0].contains: "contains" is not an operator; ${operator}.` },
  { it: 'an operator that every object has', pattern: onA({ toString: 'x' }), says: 'At a[0].toString: "toString" is not an operator;' },
  { it: 'wildcard', pattern: onA({ wildcard: '*' }), says: `"wildcard" is EventBridge's and not among Lambda's operators; ${operator}.` },
  { it: 'cidr', pattern: onA({ cidr: '10.0.0.0/24' }), says: `"cidr" is EventBridge's and not` },
  { it: 'two operators in one object', pattern: onA({ prefix: 'x', suffix: 'y' }), says: 'At a[0]: an object among the values must have one key, its operator.' },
  { it: 'no operator', pattern: onA({}), says: 'At a[0]: an object among the values must have one key' },
  { it: 'prefix of a number', pattern: onA({ prefix: 1 }), says: 'At a[0].prefix: the operator must have a string.' },
  { it: 'suffix of a list', pattern: onA({ suffix: ['x'] }), says: 'At a[0].suffix: the operator must have a string.' },
  { it: 'equals-ignore-case of null', pattern: onA({ 'equals-ignore-case': null }), says: 'At a[0].equals-ignore-case: the operator must have a string.' },
  { it: 'prefix of another operator', pattern: onA({ prefix: { suffix: 'x' } }), says: 'At a[0].prefix.suffix: prefix must have a string, or an object with equals-ignore-case.' },
  { it: 'prefix with ignored case of a number', pattern: onA({ prefix: { 'equals-ignore-case': 1 } }), says: 'At a[0].prefix.equals-ignore-case: the operator must have a string.' },
  { it: 'exists of a string', pattern: onA({ exists: 'true' }), says: 'At a[0].exists: exists must have true or false.' },
  { it: 'numeric of a number', pattern: onA({ numeric: 1 }), says: 'At a[0].numeric: numeric must have an array, one comparison as ["=", 5] or a range as [">", 0, "<=", 5].' },
  { it: 'numeric of nothing', pattern: onA({ numeric: [] }), says: 'At a[0].numeric: numeric must be one comparison' },
  { it: 'numeric of half a range', pattern: onA({ numeric: ['>', 1, '<'] }), says: 'At a[0].numeric: numeric must be one comparison' },
  { it: 'numeric of three comparisons', pattern: onA({ numeric: ['>', 1, '<', 2, '<', 3] }), says: 'At a[0].numeric: numeric must be one comparison' },
  { it: 'numeric with another operator', pattern: onA({ numeric: ['!=', 1] }), says: 'At a[0].numeric: a comparison must begin with =, <, <=, >, >=.' },
  { it: 'numeric with the number first', pattern: onA({ numeric: [1, '<'] }), says: 'At a[0].numeric: a comparison must begin with' },
  { it: 'numeric of a string', pattern: onA({ numeric: ['<', '1'] }), says: 'At a[0].numeric: a comparison must have a number after <.' },
  { it: 'numeric of null', pattern: onA({ numeric: ['<', null] }), says: 'At a[0].numeric: a comparison must have a number after <.' },
  { it: 'a range with its upper end first', pattern: onA({ numeric: ['<', 5, '>', 1] }), says: 'the first comparison of a numeric range must be > or >=, and the second < or <=.' },
  { it: 'a range with = in it', pattern: onA({ numeric: ['=', 1, '<', 5] }), says: 'the first comparison of a numeric range must be' },
  { it: 'a range of lower ends', pattern: onA({ numeric: ['>', 1, '>', 5] }), says: 'the first comparison of a numeric range must be' },
  { it: 'a range upside down', pattern: onA({ numeric: ['>', 5, '<', 1] }), says: 'the lower end of a numeric range must be less than the upper end.' },
  { it: 'a range of nothing', pattern: onA({ numeric: ['>=', 5, '<=', 5] }), says: 'the lower end of a numeric range must be less' },
  { it: 'numeric beyond five billion', pattern: onA({ numeric: ['<', 5_000_000_001] }), says: 'numeric compares with numbers from -5000000000 to 5000000000.' },
  { it: 'numeric of an endless number', pattern: '{"a":[{"numeric":["<",1e999]}]}', says: 'numeric compares with numbers from' },
  { it: 'anything-but of a boolean', pattern: onA({ 'anything-but': true }), says: `At a[0].anything-but: ${rule}` },
  { it: 'anything-but of null', pattern: onA({ 'anything-but': null }), says: `At a[0].anything-but: ${rule}` },
  { it: 'anything-but of a list with null', pattern: onA({ 'anything-but': ['x', null] }), says: `At a[0].anything-but[1]: ${rule}` },
  { it: 'anything-but of a list in a list', pattern: onA({ 'anything-but': [['x']] }), says: `At a[0].anything-but[0]: ${rule}` },
  { it: 'anything-but of nothing', pattern: onA({ 'anything-but': [] }), says: 'At a[0].anything-but: the list of anything-but must not be empty.' },
  { it: 'anything-but of strings and numbers', pattern: onA({ 'anything-but': ['x', 1] }), says: 'the list of anything-but must be strings only or numbers only.' },
  { it: 'anything-but of another operator', pattern: onA({ 'anything-but': { numeric: ['=', 1] } }), says: `At a[0].anything-but.numeric: ${rule}` },
  { it: 'anything-but of a wildcard', pattern: onA({ 'anything-but': { wildcard: '*' } }), says: 'At a[0].anything-but.wildcard: "wildcard" is EventBridge\'s' },
  { it: 'anything-but of an empty prefix', pattern: onA({ 'anything-but': { prefix: '' } }), says: 'the prefix of anything-but must not be empty.' },
  { it: 'anything-but of no suffixes', pattern: onA({ 'anything-but': { suffix: [] } }), says: 'At a[0].anything-but.suffix: the list of anything-but must not be empty.' },
  { it: 'anything-but of a prefix that is a number', pattern: onA({ 'anything-but': { prefix: 1 } }), says: 'At a[0].anything-but.prefix: the operator must have a string.' },
  { it: '$or of an object', pattern: { $or: { a: ['x'] } }, says: 'At $or: $or must be an array of at least 2 objects.' },
  { it: '$or of one alternative', pattern: { $or: [{ a: ['x'] }] }, says: 'At $or: $or must be an array of at least 2 objects.' },
  { it: '$or of strings', pattern: { $or: ['x', 'y'] }, says: 'At $or[0]: an alternative of $or must be an object.' },
  { it: '$or with an empty alternative', pattern: { $or: [{ a: ['x'] }, {}] }, says: 'At $or[1]: an object of a pattern must have a key.' },
  { it: 'a key that is an operator inside $or', pattern: { $or: [{ a: ['x'] }, { b: { prefix: { S: ['x'] } } }] }, says: 'At $or[1].b.prefix: EventBridge keeps "prefix" for itself inside $or; write a filter for each alternative.' },
];
