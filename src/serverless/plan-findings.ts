import { isObject } from '../stream/record.ts';
import type { FrameworkService, ProviderConfig } from './framework.ts';
import type { PlannedConsumer } from './plan-replays.ts';
import type { Resources } from './resources/intrinsic.ts';
import { idOf, referenceIn } from './resources/intrinsic.ts';
import type { Finding } from './rules/finding.ts';
import { listed, placeOf } from './rules/finding.ts';

interface PlanFacts {
  readonly consumers: readonly PlannedConsumer[];
  readonly service: FrameworkService;
  /** Of the user. */
  readonly resources: Resources;
  /** What the plugin makes. */
  readonly added: Resources;
}

/** What is wrong with what would be deployed, beside what the rules say of a service. */
export const planFindings = (facts: PlanFacts): readonly Finding[] =>
  facts.consumers.flatMap((consumer) => [
    ...foreignReaders(consumer, facts),
    ...nameTaken(consumer, facts),
    ...fifoDestination(consumer, facts),
    ...unknownPlaces(consumer),
    ...roleOfItsOwn(consumer, facts),
  ]);

/** The rules know of consumers only; a plain stream event reads a shard like one. */
function foreignReaders(
  { plan, model, source }: PlannedConsumer,
  { consumers, service }: PlanFacts,
): readonly Finding[] {
  return model.mappings.flatMap(({ table, isEnabled }, index) => {
    const own = consumers.filter((one) => readsTable(one, table)).map(({ plan: { name } }) => name);
    const arn = idOf(source.mappings[index]?.table.streamArn);
    const foreign = Object.entries(service.functions)
      .filter(([, { events }]) => (events ?? []).some(({ stream }) => isStreamOf(stream, table, arn)))
      .map(([name]) => name);
    const readers = [...new Set([...own, ...foreign])];
    // Said once, of the first; and where all of them are consumers, the rules say it.
    if (!isEnabled || foreign.length === 0 || readers.length <= mostReaders || own[0] !== plan.name)
      return [];
    return [
      {
        level: 'error' as const,
        rule: 'too-many-readers',
        ...placeOf(plan),
        message: `the functions ${listed(readers)} read the stream of table "${table}": with more than ${mostReaders} readers DynamoDB throttles them all.`,
        remedy: 'Put what they do into one function.',
      },
    ];
  });
}

/** @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html */
const mostReaders = 2;

const readsTable = ({ model }: PlannedConsumer, id: string): boolean =>
  model.mappings.some(({ table, isEnabled }) => isEnabled && table === id);

function isStreamOf(stream: unknown, table: string, arn: string): boolean {
  if (isObject(stream) && stream['enabled'] === false) return false;
  const given = isObject(stream) && 'arn' in stream ? stream['arn'] : stream;
  return given !== undefined && (referenceIn(given)?.logicalId === table || idOf(given) === arn);
}

function nameTaken({ plan }: PlannedConsumer, { resources, added }: PlanFacts): readonly Finding[] {
  return Object.keys(added)
    .filter((logicalId) => Object.hasOwn(resources, logicalId))
    .map((logicalId) => ({
      level: 'error',
      rule: 'name-taken',
      ...placeOf(plan),
      message: `the service has a resource "${logicalId}", and the plugin makes one of that name.`,
      remedy:
        'Name it in custom.spillway (deadLetterQueue, ledgerTable) if it is to be used; give it another name if not; ' +
        'to change what the plugin makes, use resources.extensions.',
    }));
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-errors.html */
function fifoDestination(
  { plan, places, model }: PlannedConsumer,
  { resources }: PlanFacts,
): readonly Finding[] {
  const isFifo = ({ onFailureQueue = '' }: { readonly onFailureQueue: string | undefined }) =>
    String(resources[onFailureQueue]?.Properties?.['FifoQueue']) === 'true' ||
    /\.fifo$/.test(onFailureQueue) ||
    (onFailureQueue === places.pointers.id && String(places.pointers.reference).endsWith('.fifo'));
  return model.mappings.some(isFifo)
    ? [
        {
          level: 'error',
          rule: 'fifo-destination',
          ...placeOf(plan),
          message: 'what Lambda gives up goes to a FIFO queue, and Lambda sends nothing there.',
          remedy: 'Write destinations: { onFailure: ... } with a standard queue into the spillway event.',
        },
      ]
    : [];
}

function unknownPlaces({ plan, places }: PlannedConsumer): readonly Finding[] {
  const unknown = [
    ['ledger', 'SPILLWAY_LEDGER_TABLE'] as const,
    ['letters', 'SPILLWAY_DLQ_URL'] as const,
  ].filter(([name]) => places[name] === 'unknown');
  return unknown.map(([name, variable]) => ({
    level: 'warning',
    rule: 'rights-not-granted',
    ...placeOf(plan),
    message: `which ${name === 'ledger' ? 'table the ledger is in' : 'queue letters go to'} cannot be made out of ${variable} or of the code, so no rights on it are granted.`,
    remedy: `Name it in custom.spillway.${name === 'ledger' ? 'ledgerTable' : 'deadLetterQueue'} and leave the variable out, or grant the rights yourself.`,
  }));
}

function roleOfItsOwn({ plan, source }: PlannedConsumer, { service }: PlanFacts): readonly Finding[] {
  if (source.config.role === undefined && !hasGivenRole(service.provider)) return [];
  const actions = [...plan.statements, ...plan.mappingStatements].flatMap(({ Action }) => Action);
  return [
    {
      level: 'warning',
      rule: 'role-of-its-own',
      ...placeOf(plan),
      message: 'the function has a role that is not made here, and the plugin leaves it as it is.',
      remedy: `Grant it ${[...new Set(actions)].toSorted().join(', ')} on what it uses.`,
    },
  ];
}

/** `provider.role`, or `provider.iam.role` as a name, an ARN or an intrinsic function. */
function hasGivenRole(provider: ProviderConfig): boolean {
  const iam: unknown = Reflect.get(provider, 'iam');
  const role = isObject(iam) ? iam['role'] : undefined;
  return (
    Reflect.get(provider, 'role') !== undefined ||
    typeof role === 'string' ||
    (isObject(role) && Object.keys(role).some((key) => key === 'Ref' || key.startsWith('Fn::')))
  );
}
