import { describe, expect, it } from 'vitest';
import { measureRecords } from '../../../src/powertools/measure-records.ts';
import { metricLines } from '../../../src/powertools/metric-lines.ts';
import type { RecordEvent } from '../../../src/processing/observer.ts';
import { failureLog } from '../../../src/reporting/failure-log.ts';
import { joinedJson } from '../../../src/serverless/watching/joined.ts';
import { isObject } from '../../../src/stream/record.ts';
import type { Given } from '../plugin/plan-of.ts';
import { planOf } from '../plugin/plan-of.ts';
import { resolveFor } from './resolve-plan.ts';

interface Widget {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

function dashboardOf(given?: Given): readonly Widget[] {
  const planned = planOf(given);
  const body = resolveFor(planned)(planned.resources['SpillwayDashboard']?.Properties?.['DashboardBody']);
  // As `dashboardResource` makes it.
  return (JSON.parse(String(body)) as { readonly widgets: readonly Widget[] }).widgets;
}

const withMetrics: Given = { custom: { metricsNamespace: 'Shop/Orders' } };
const arn = { 'Fn::GetAtt': ['SpillwayDeadLetters', 'Arn'] };
const cases: readonly (readonly [string, Given])[] = [
  ['one consumer', {}],
  ['its own metrics', withMetrics],
  ['a replay', { others: { replay: { events: [{ sqs: arn }] } } }],
  ['no alarms', { custom: { alarms: false } }],
  ['no queue', { options: { deadLetters: 'off' }, event: { destinations: null } }],
  ['an imported queue', { custom: { deadLetterQueue: { 'Fn::ImportValue': 'LettersArn' } } }],
];

const metricsIn = (widgets: readonly Widget[]): readonly (readonly unknown[])[] =>
  widgets.flatMap(({ properties: { metrics } }) => (Array.isArray(metrics) ? (metrics as unknown[][]) : []));

const expressionsIn = (widgets: readonly Widget[]): readonly string[] =>
  metricsIn(widgets).flatMap(([first]) => (isObject(first) ? [String(first['expression'])] : []));

const titles = (widgets: readonly Widget[]): readonly unknown[] =>
  widgets.map(({ properties: { title, markdown } }) => title ?? String(markdown).split('\n')[0]);

describe('the dashboard', () => {
  it('answers in this order', () => {
    expect(titles(dashboardOf(withMetrics))).toEqual([
      'Alarms',
      '**Letters in the queue?** What to do: docs/dead-letters.md, At night.',
      '## Is it keeping up?',
      'Age of what is handed over (ms)',
      'Records read, and handed over (each time)',
      'Lag at the outcome, p99 (ms)',
      '## Is anything stuck?',
      'Letters in the queue',
      'Age of the oldest letter (s)',
      'Records delivered again, and throttles',
      'Failed, blocked, deferred',
      '## What is failing?',
      'Errors of functions',
      'Records given up',
      'Dead-lettered, by route',
      'What failed, by route and error',
    ]);
  });

  it.each(cases)('of %s covers the grid without a gap or an overlap', (_, given) => {
    const widgets = dashboardOf(given);
    const cells = widgets.flatMap(({ x, y, width, height }) =>
      Array.from(
        { length: width * height },
        (__, cell) => `${x + (cell % width)},${y + Math.floor(cell / width)}`,
      ),
    );
    const bottom = Math.max(...widgets.map(({ y, height }) => y + height));
    expect(new Set(cells).size).toBe(cells.length);
    expect(cells).toHaveLength(24 * bottom);
    expect(widgets.every(({ x, width }) => x >= 0 && x + width <= 24)).toBe(true);
  });

  it.each(cases)('of %s has graphs as CloudWatch wants them', (_, given) => {
    const widgets = dashboardOf(given);
    for (const { type, properties } of widgets) {
      if (type === 'metric' || type === 'log') expect(properties['region']).toBe('<AWS::Region>');
      if (type === 'alarm') expect((properties['alarms'] as unknown[]).length).toBeGreaterThan(0);
    }
    const metrics = metricsIn(widgets);
    expect(metrics.length).toBeGreaterThan(0);
    for (const metric of metrics) {
      const last = metric.at(-1);
      const names = metric.slice(0, -1);
      expect(isObject(last)).toBe(true);
      if (metric.length === 1)
        expect(last).toMatchObject({
          expression: expect.stringMatching(/^SEARCH\('.+', '\w+', 300\)$/) as string,
        });
      else {
        expect(names).toHaveLength(4);
        expect(names.every((name) => typeof name === 'string' && name !== '')).toBe(true);
        expect(names[0]).toMatch(/^AWS\/(Lambda|SQS)$/);
      }
    }
  });

  it('marks where the alarm is, and where the stream forgets', () => {
    const [age] = dashboardOf({ custom: { alarms: { iteratorAgeSeconds: 600 } } }).filter(
      ({ properties }) => properties['title'] === 'Age of what is handed over (ms)',
    );
    expect(age?.properties['annotations']).toEqual({
      horizontal: [
        { label: 'alarm at 10 minutes', value: 600_000 },
        { label: 'the stream forgets at 1 day', value: 86_400_000 },
      ],
    });
  });

  it('has the commands of the runbook, with the queue and the function in them', () => {
    const [runbook] = dashboardOf().filter(({ type }) => type === 'text');
    expect(runbook?.properties['markdown']).toContain(
      'export SPILLWAY_DLQ_URL=<SpillwayDeadLetters>\nnpx spillway dlq list\nnpx spillway dlq show ID --current\n' +
        'npx spillway dlq replay --function <OrdersLambdaFunction> --max 1\n',
    );
  });

  it('is called by stack and region, for dashboards of all regions are in one place', () => {
    const planned = planOf();
    const { DashboardName: name } = planned.resources['SpillwayDashboard']?.Properties ?? {};
    expect(resolveFor(planned)(name)).toBe('<AWS::StackName>-<AWS::Region>');
  });

  it('searches for metrics and dimensions that are written', () => {
    const told: RecordEvent = {
      consumer: 'orders',
      outcome: 'dead-lettered',
      routes: [{ route: 'one', outcome: 'dead-lettered', attempts: 1, durationMs: 1 }],
      sequenceNumber: '1',
      eventId: '1',
      eventName: 'INSERT',
      table: 'Shop',
      lagMs: 5,
    };
    const written = measureRecords('orders', [told]).flatMap(metricLines);
    const finds = (expression: string): boolean => {
      const [, metric = ''] = /MetricName="(\w+)"/.exec(expression) ?? [];
      const isOfRoute = !expression.includes('NOT "route"');
      return written.some(
        ({ dimensions, values }) =>
          values.some(({ name }) => name === metric) && Object.hasOwn(dimensions, 'route') === isOfRoute,
      );
    };
    const expressions = expressionsIn(dashboardOf(withMetrics));
    expect(expressions).toHaveLength(5);
    for (const expression of expressions) {
      expect(expression).toMatch(/^SEARCH\('Namespace="Shop\/Orders" .*\(consumer="orders"\)'/);
      expect(finds(expression), expression).toBe(true);
    }
  });

  it('searches for all consumers where one of them has a name that cannot be searched for', () => {
    const [expression] = expressionsIn(dashboardOf({ ...withMetrics, options: { consumer: `o'rders` } }));
    expect(expression).toBe(
      `SEARCH('Namespace="Shop/Orders" MetricName="StreamLag" NOT "route"', 'p99', 300)`,
    );
  });

  it('asks the log for lines and fields that are there', () => {
    const query = String(dashboardOf().find(({ type }) => type === 'log')?.properties['query']);
    expect(query).toMatch(
      /^SOURCE '\/aws\/lambda\/<OrdersLambdaFunction>' \| filter message like \/\^spillway: record \/\n\| /,
    );
    const lines: string[] = [];
    failureLog((line) => lines.push(line)).onRecord?.({
      consumer: 'orders',
      outcome: 'failed',
      routes: [{ route: 'one', outcome: 'failed', attempts: 1, durationMs: 1, error: new TypeError('no') }],
      sequenceNumber: '1',
      eventId: '1',
      eventName: 'INSERT',
      table: 'Shop',
      lagMs: 5,
    });
    const line: unknown = JSON.parse(lines[0] ?? '');
    const [, fields = ''] = / by (.+)/.exec(query) ?? [];
    expect(line).toMatchObject({ message: expect.stringMatching(/^spillway: record /) as string });
    for (const field of fields.split(', ')) expect(line).toHaveProperty(field);
  });

  it('reads the log where it is written, and none that is not', () => {
    const events = [{ spillway: { table: 'Shop' } }];
    const logs = dashboardOf({ config: { events, logs: { logGroup: '/shop/orders' } } });
    expect(String(logs.at(-1)?.properties['query'])).toMatch(/^SOURCE '\/shop\/orders' \| /);
    expect(dashboardOf({ config: { events, disableLogs: true } }).some(({ type }) => type === 'log')).toBe(
      false,
    );
  });

  it('is not made if it is switched off', () => {
    expect(planOf({ custom: { dashboard: false } }).resources).not.toHaveProperty('SpillwayDashboard');
  });
});

it('JSON with parts that CloudFormation puts in stays JSON, whatever stands around them', () => {
  const value = {
    'a"b': [1, null, true, `x\n"y" \${z}`],
    ref: { Ref: 'AWS::Region' },
    text: { 'Fn::Join': ['', ['a"\n', { Ref: 'AWS::Region' }]] },
  };
  const text = resolveFor(planOf())(joinedJson(value));
  expect(JSON.parse(String(text))).toEqual({
    'a"b': [1, null, true, `x\n"y" \${z}`],
    ref: '<AWS::Region>',
    text: 'a"\n<AWS::Region>',
  });
});
