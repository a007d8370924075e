import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { LocalStackError } from '../../errors.ts';
import { hasMapping } from './mapping-source.ts';
import { parseJson } from './parse-json.ts';
import { parseYaml } from './parse-yaml.ts';
import type { Template } from './template.ts';
import { templateOf } from './template.ts';

/**
 * Reads a CloudFormation template in JSON or YAML, one of AWS SAM too: what osls, SAM and CDK write. Nothing of it is
 * resolved yet.
 * @throws LocalStackError if it is not there, is no template, or has no mapping that may read a stream of DynamoDB or a queue
 */
export async function readTemplate(path: string): Promise<Template> {
  const absolute = resolve(path);
  const text = await readText(absolute);
  const template = templateOf(
    isJson(absolute, text) ? parseJson(text, absolute) : await parseYaml(text, absolute),
    absolute,
  );
  if (hasMapping(template)) return template;
  throw new LocalStackError(
    `The template ${absolute} has no event source mapping of a DynamoDB stream or a queue, so there is nothing to run. ` +
      `Add a stream to a function's events, or give the path of another template.`,
  );
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new LocalStackError(
      `The template ${path} cannot be read. Package the service first (npx osls package, sam build, npx cdk synth), ` +
        `or correct the path.`,
      { cause },
    );
  }
}

function isJson(path: string, text: string): boolean {
  const extension = extname(path);
  if (extension === '.yaml' || extension === '.yml') return false;
  return extension === '.json' || text.trimStart().startsWith('{');
}
