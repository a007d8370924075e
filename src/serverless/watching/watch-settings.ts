import { isObject } from '../../stream/record.ts';
import type { Problem } from '../load/load-report.ts';
import type { Resources } from '../resources/intrinsic.ts';
import { referenceIn } from '../resources/intrinsic.ts';

/** `alarms`, `dashboard` and `metricsNamespace` of `custom.spillway`. */
export interface WatchSettings {
  readonly alarms: AlarmSettings | 'off';
  readonly dashboard: boolean;
  /** Of the `Metrics` that `metricsObserver` was given; undefined: there is none. */
  readonly metricsNamespace: string | undefined;
}

/** Thresholds that are undefined have the defaults of `thresholds.ts`. */
export interface AlarmSettings {
  /** The ARN of the topic that is told, or what gives it; undefined: nobody is told. */
  readonly topic: unknown;
  readonly iteratorAgeSeconds: number | undefined;
  readonly pointerAgeSeconds: number | undefined;
  readonly letterAgeSeconds: number | undefined;
}

/** The framework has checked the types against the schema. */
export function readWatchSettings(
  given: Readonly<Record<string, unknown>>,
  resources: Resources,
): { readonly watching: WatchSettings; readonly problems: readonly Problem[] } {
  const { alarms, dashboard, metricsNamespace } = given;
  const wanted = isObject(alarms) ? alarms : {};
  const number = (name: string): number | undefined => {
    const value = wanted[name];
    return typeof value === 'number' ? value : undefined;
  };
  const topic = wanted['topic'] ?? undefined;
  const arn = topic === undefined ? undefined : topicArn(topic, resources);
  return {
    watching: {
      alarms:
        alarms === false
          ? 'off'
          : {
              topic: arn,
              iteratorAgeSeconds: number('iteratorAgeSeconds'),
              pointerAgeSeconds: number('pointerAgeSeconds'),
              letterAgeSeconds: number('letterAgeSeconds'),
            },
      dashboard: dashboard !== false,
      metricsNamespace: typeof metricsNamespace === 'string' ? metricsNamespace : undefined,
    },
    problems: topic !== undefined && arn === undefined ? [unknownTopic(topic)] : [],
  };
}

/** `Ref` of a topic is its ARN. Undefined: the logical ID is of no topic. */
function topicArn(given: unknown, resources: Resources): unknown {
  const name = typeof given === 'string' && !given.startsWith('arn:') ? given : undefined;
  const logicalId = name ?? referenceIn(given)?.logicalId;
  if (logicalId !== undefined && resources[logicalId]?.Type === 'AWS::SNS::Topic') return { Ref: logicalId };
  return name !== undefined || Object.hasOwn(resources, logicalId ?? '') ? undefined : given;
}

const unknownTopic = (topic: unknown): Problem => ({
  rule: 'unknown-topic',
  message: `custom.spillway.alarms.topic is ${JSON.stringify(topic)}, and the service has no topic of that name in its resources.`,
  remedy: "Write a topic's logical ID or its ARN, or leave it out: the alarms then tell nobody.",
});
