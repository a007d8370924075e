import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../clock.ts';
import { checkCode } from '../template/check-code.ts';
import type { AttributeOf } from '../template/plan-options.ts';
import { planFunctions } from '../template/plan-functions.ts';
import { planResources } from '../template/plan-resources.ts';
import { readTemplate } from '../template/read-template.ts';
import type { ResourcePlan } from '../template/resource-plan.ts';
import { connect } from './aws-connection.ts';
import type { CreatedResources } from './create-resources.ts';
import { createResources } from './create-resources.ts';
import type { ExpiringTable } from './expire-items.ts';
import { startExpiry } from './expire-items.ts';
import { createExpiredItems } from './expired-items.ts';
import { keepState } from './keep-state.ts';
import { createServiceApis } from './service-apis.ts';
import { createServiceFunctions } from './service-functions.ts';
import { createServiceMappings } from './service-mappings.ts';
import { createServiceQueues } from './service-queues.ts';
import type { AppliedTemplate, ServiceOptions } from './service-options.ts';
import { readState } from './service-state.ts';

/** A service that runs on a local stack. */
export interface Service {
  readonly applied: () => AppliedTemplate;
  /** Takes over what has changed in the template and in the code; the rest goes on undisturbed. */
  readonly apply: (templatePath: string) => Promise<AppliedTemplate>;
  readonly untilCaughtUp: () => Promise<void>;
  /** Lets running invocations end, within their time limits, unless it is told to abandon them. */
  readonly stop: (options?: { readonly abandon?: boolean }) => Promise<void>;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** What the engine for queues says it is; the engine for tables has its own region in its ARNs. */
const account = { region: 'us-east-1', accountId: '000000000000' };

/**
 * Runs what a CloudFormation template describes, as far as it is about streams: creates tables, queues, topics and
 * buckets, runs the functions from their packages in processes of their own, maps the streams and queues to them and serves
 * HTTP APIs. Items are deleted when their time to live has come.
 * @throws LocalStackError for a template that cannot be run, naming the place
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { stack, dataDir, clock = systemClock, onError } = options;
  const planOptions = {
    ...account,
    ...(options.stackName !== undefined && { stackName: options.stackName }),
    ...(options.parameters && { parameters: options.parameters }),
  };
  if (dataDir !== undefined) await mkdir(dataDir, { recursive: true });
  const state = await readState(dataDir);
  const workDir = await mkdtemp(join(tmpdir(), 'spillway-code-'));
  const aws = connect(stack.environment);
  const expired = createExpiredItems(state.expired);
  const functions = createServiceFunctions({
    ...options,
    workDir,
    environment: options.environment ?? {},
  });
  const mappings = createServiceMappings({
    ...options,
    expired,
    kept: state.checkpoints,
    invokerOf: functions.invokerOf,
  });
  const queues = createServiceQueues({
    ...options,
    sqs: aws.sqs,
    region: account.region,
    invokerOf: functions.invokerOf,
  });
  const apis = createServiceApis({
    accountId: account.accountId,
    onRequest: (name, report) => options.onRequest?.(name, report),
    onError,
    invokerOf: functions.invokerOf,
  });
  let expiring: readonly ExpiringTable[] = [];

  const apply = async (templatePath: string): Promise<AppliedTemplate> => {
    const template = await readTemplate(templatePath);
    const resources = planResources(template, planOptions);
    const created = await createResources(resources, aws, stack.endpoints.sqs);
    await apis.open(resources.apis);
    const attributeOf: AttributeOf = (id, attribute) =>
      created.attributeOf(id, attribute) ?? apis.attributeOf(id, attribute);
    const givenVariables = Object.keys(options.environment ?? {});
    const plan = planFunctions(template, { ...planOptions, attributeOf, givenVariables });
    await checkCode(plan);
    mappings.check(plan);
    const queueMappings = queues.check(plan, resources);
    // Up to here all goes on as it was if something is wrong.
    const started = await functions.apply(plan.functions);
    await mappings.apply(plan);
    await queues.apply(queueMappings, created.queueUrls);
    await apis.apply(plan, resources.apis);
    mappings.retryNow(new Set(started.keys()));
    await functions.retain(plan.functions);
    expiring = expiringTables(resources, created);
    return { resources, functions: plan, queueUrls: created.queueUrls, apiUrls: apis.urls(), started };
  };

  const keeper = keepState({
    dataDir,
    clock,
    onError,
    state: () => ({ checkpoints: mappings.checkpoints(), expired: expired.all() }),
  });
  const expiry = startExpiry({
    client: aws.dynamodb,
    tables: () => expiring,
    expired,
    clock,
    intervalMs: 1_000,
    onError,
  });
  const stop: Service['stop'] = async (how) => {
    await expiry.stop();
    await apis.stop(how);
    await Promise.all([mappings.stop(how), queues.stop(how)]);
    await functions.stop();
    await keeper.stop();
    aws.close();
    await rm(workDir, { recursive: true, force: true });
  };

  try {
    let applied = await apply(options.templatePath);
    let stopped: Promise<void> | undefined;
    return {
      applied: () => applied,
      apply: async (templatePath) => (applied = await apply(templatePath)),
      untilCaughtUp: mappings.untilCaughtUp,
      stop: (how) => (stopped ??= stop(how)),
      [Symbol.asyncDispose]: () => (stopped ??= stop()),
    };
  } catch (error) {
    await stop({ abandon: true });
    throw error;
  }
}

const expiringTables = ({ tables }: ResourcePlan, created: CreatedResources): readonly ExpiringTable[] =>
  tables.flatMap(({ logicalId, name, timeToLiveAttribute, keySchema }) =>
    timeToLiveAttribute === undefined
      ? []
      : [
          {
            name,
            timeToLiveAttribute,
            streamArn: created.tables.get(logicalId)?.streamArn,
            keys: keySchema.map(({ AttributeName }) => AttributeName),
          },
        ],
  );
