import type { Runtime } from '../runtime.ts';
import { systemRuntime } from '../runtime.ts';
import { applyPlan, countEvents, grantRights } from './apply-plan.ts';
import { countText, findingText } from './findings-text.ts';
import type { Framework, FrameworkLog } from './framework.ts';
import { findingsFor, loadFunctions } from './load-functions.ts';
import type { ServicePlan } from './plan-service.ts';
import type { Finding } from './rules/finding.ts';
import { planService } from './plan-service.ts';
import { defineSchema } from './schema.ts';
import type { Settings } from './settings.ts';
import { readSettings } from './settings.ts';
import { functionsWithEvents } from './spillway-function.ts';

/**
 * The plugin for the Serverless Framework: `plugins: [serverless-esbuild, spillway/serverless]`. Of each `spillway` event it
 * makes a `stream` event, by the routes of the function's handler, and it adds what the handler needs. All is planned before
 * anything is written: a service with errors is not packaged at all.
 */
export default class SpillwayPlugin {
  readonly commands = {
    spillway: {
      usage: 'Spillway: consumers of DynamoDB Streams',
      commands: {
        lint: {
          usage: 'Say what is wrong with the consumers of this service, without packaging it',
          lifecycleEvents: ['lint'],
        },
      },
    },
  };
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;

  constructor(framework: Framework, _options: unknown, { log }: { readonly log: FrameworkLog }) {
    defineSchema(framework.configSchemaHandler);
    this.hooks = hooksOf(framework, log, systemRuntime);
  }
}

interface Planned {
  readonly plan: ServicePlan;
  readonly settings: Settings;
}

function hooksOf(framework: Framework, log: FrameworkLog, runtime: Runtime): SpillwayPlugin['hooks'] {
  let applied: Planned | undefined;
  const apply = async (): Promise<void> => {
    if (applied !== undefined || functionsWithEvents(framework.service).length === 0) return;
    const planned = await planFor(framework, runtime);
    report(framework, log, planned.plan, '; nothing was packaged');
    applyPlan(framework, planned.plan, planned.settings);
    applied = planned;
  };
  return {
    // The first moment of a package: plugins have begun, and nothing is written or thrown away yet.
    'before:package:cleanup': apply,
    // It packages by itself, and sets the function's variables anew.
    'before:deploy:function:initialize': apply,
    // The role is there, and nothing has read it.
    'after:package:setupProviderConfiguration': () => {
      if (applied !== undefined) grantRights(framework, applied.plan);
    },
    // The mappings are there, and the user's own resources are not merged yet: what they say wins.
    'after:package:compileEvents': () => {
      if (applied !== undefined) countEvents(framework, applied.plan);
    },
    'spillway:lint:lint': async () => {
      const { plan } = await planFor(framework, runtime);
      report(framework, log, plan, '');
      log.notice(`spillway: ${countText(plan.findings)}`);
    },
  };
}

async function planFor(framework: Framework, runtime: Runtime): Promise<Planned> {
  const { service } = framework;
  const resources = service.resources?.Resources ?? {};
  const { settings, problems } = readSettings(service.custom?.['spillway'], resources);
  const loaded = await loadFunctions(framework, resources, runtime);
  const aws = framework.getProvider('aws');
  const plan = planService({
    service,
    functions: loaded.functions,
    settings,
    resources,
    naming: aws.naming,
    region: aws.getRegion(),
  });
  const findings: readonly Finding[] = [
    ...findingsFor('custom.spillway', 'serverless.yml', problems),
    ...loaded.findings,
    ...plan.findings,
  ];
  return { plan: { ...plan, findings }, settings };
}

/** @throws the framework's error, with all that was found, if there is an error among it */
function report(
  { classes }: Framework,
  log: FrameworkLog,
  { findings }: ServicePlan,
  consequence: string,
): void {
  const lines = findings.map(findingText);
  if (findings.some(({ level }) => level === 'error'))
    throw new classes.Error(
      `spillway: ${countText(findings)}${consequence}.\n\n${lines.join('\n\n')}`,
      'SPILLWAY_LINT',
    );
  for (const [index, { level }] of findings.entries())
    (level === 'warning' ? log.warning : log.notice)(`spillway: ${lines[index] ?? ''}`);
}
