import type { HandlerSource } from './find-source.ts';
import type { Problem } from './load-report.ts';
import type { LoaderEnd } from './run-loader.ts';

type Failure = Exclude<LoaderEnd, { readonly kind: 'loaded' }>;

/** Of these nobody wants to hear. */
export interface LoadFolders {
  /** The service's. */
  readonly folder: string;
  /** The bundle's. */
  readonly scratch: string;
}

/** What to say of a handler that could not be read. */
export function problemOf({ file, exportName }: HandlerSource, end: Failure, folders: LoadFolders): Problem {
  switch (end.kind) {
    case 'network':
      return {
        rule: 'handler-uses-network',
        message: `${file} connects to ${end.target}${metadataNote(end.target)} while it is loaded.`,
        remedy:
          'Load nothing over the network at the top of a module: it would also delay every cold start. ' +
          'Do it in a route, with the first record that needs it.',
      };
    case 'threw':
      return {
        rule: 'handler-throws',
        message: `${file} throws when it is imported:\n${ownPlaces(end.what, folders)}`,
        remedy:
          "Let it be imported without a network and without AWS. It has the function's environment variables; " +
          'those that CloudFormation fills in hold a placeholder.',
      };
    case 'no-export':
      return {
        rule: 'not-a-handler',
        message: `${file} has no export "${exportName}"; it exports ${end.found.length === 0 ? 'nothing' : end.found.join(', ')}.`,
        remedy: `export const ${exportName} = createHandler(router);`,
      };
    case 'not-a-handler':
      return {
        rule: 'not-a-handler',
        message: `the export "${exportName}" of ${file} is not a handler that createHandler made (if it is wrapped in something, its routes cannot be seen).`,
        remedy: `export const ${exportName} = createHandler(router); for any other function use a stream event.`,
      };
    case 'not-described':
      return {
        rule: 'not-a-handler',
        message: `the export "${exportName}" of ${file} is one of createReplayHandler, which is for a queue, or of another version of Spillway.`,
        remedy: 'Give it an sqs event in place of the spillway event, or install one version of spillway.',
      };
    case 'too-slow':
      return {
        rule: 'handler-hangs',
        message: `${file} was not imported within ${end.timeoutMs / 1_000} s.`,
        remedy: 'Let the top of the module come to an end: a top-level await may wait for what never comes.',
      };
    case 'ended':
      return {
        rule: 'handler-throws',
        message: `${file} ended the process when it was imported.${end.said === '' ? '' : `\n${end.said}`}`,
        remedy: 'Call nothing like process.exit at the top of a module.',
      };
  }
}

/** @see https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html */
const metadataNote = (target: string): string =>
  target.startsWith('169.254.169.254:') ? ' (where the AWS SDK looks for credentials, for a request)' : '';

const mostLines = 8;

/** The message, and the places in the service's own code. */
const ownPlaces = (stack: string, { folder, scratch }: LoadFolders): string =>
  stack
    .split('\n')
    .filter((line) => !/^\s+at .*(node:|node_modules|read-handler-program)/.test(line))
    .slice(0, mostLines)
    .join('\n')
    .replaceAll(`${scratch}/`, '')
    .replaceAll(`${folder}/`, '');
