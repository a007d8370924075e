import { Command, InvalidArgumentError } from 'commander';
import type { CommandIO } from '../command-io.ts';

interface Given {
  readonly stage: string;
  readonly config: string;
  readonly template?: string;
  readonly parameter: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly data?: string;
  readonly port?: number;
  readonly sqsPort?: number;
  readonly watch: boolean;
}

/** `spillway dev` */
export const devCommand = (io: CommandIO): Command =>
  new Command('dev')
    .summary('run a service on this machine, from what would be deployed')
    .description(
      'Packages a service, creates its tables, queues, topics and buckets on local engines, runs its functions from the ' +
        'package in processes of their own, maps the streams to them as Lambda does, and serves HTTP APIs. A changed source ' +
        'restarts them.',
    )
    .option('--stage <stage>', 'stage of the Serverless Framework', 'local')
    .option('--config <file>', 'file of the Serverless Framework', 'serverless.yml')
    .option('--template <file>', 'a CloudFormation template that is there already, as SAM and CDK make them')
    .option('--parameter <NAME=VALUE>', "a value for one of the template's parameters", pair, {})
    .option('--env <NAME=VALUE>', 'a variable for the environment of every function', pair, {})
    .option(
      '--data <folder>',
      'keep tables, queues and how far streams were read; without it all is in memory',
    )
    .option('--port <number>', 'port of DynamoDB (default: a free one)', portNumber)
    .option('--sqs-port <number>', 'port of SQS, SNS and S3 (default: a free one)', portNumber)
    .option('--no-watch', 'do not restart functions when a source changes')
    .action(async (given: Given) => {
      const { runDev } = await import('./run-dev.ts');
      const { stage, config, template, watch } = given;
      await runDev(
        {
          stage,
          config,
          template,
          watch,
          parameters: given.parameter,
          environment: given.env,
          dataDir: given.data,
          ports: {
            ...(given.port !== undefined && { dynamodb: given.port }),
            ...(given.sqsPort !== undefined && { sqs: given.sqsPort }),
          },
        },
        io,
      );
    });

function pair(text: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('It takes NAME=VALUE.');
  return { ...before, [name]: value };
}

function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('It takes a whole number from 1 to 65535.');
  return port;
}
