import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** How the consumers are bundled: what the bundle leaves out, which Lambda brings along. */
export interface Setting {
  readonly id: string;
  readonly label: string;
  readonly exclude: readonly string[];
}

interface EsbuildOptions {
  readonly conditions: readonly string[];
}

export interface Bundling {
  /** esbuild's own options, as serverless.yml has them. */
  readonly esbuild: EsbuildOptions;
  /** The first is the recommended one. */
  readonly settings: readonly [Setting, ...(readonly Setting[])];
}

/** What serverless.yml has under `custom.esbuild`: esbuild's options, with serverless-esbuild's among them. */
interface Written extends EsbuildOptions {
  readonly exclude: readonly string[];
}

const isForPackaging = (name: string): boolean => name === 'exclude' || name === 'outputFileExtension';

/** The settings are those that the example is deployed with, so that what is measured is what is recommended. */
export function readBundling(): Bundling {
  const text = readFileSync(new URL('../../serverless.yml', import.meta.url), 'utf8');
  // CloudFormation's tags mean nothing here.
  const service = parse(text, { logLevel: 'error' }) as { readonly custom: { readonly esbuild: Written } };
  const written = service.custom.esbuild;
  const { exclude } = written;
  return {
    esbuild: {
      ...Object.fromEntries(Object.entries(written).filter(([name]) => !isForPackaging(name))),
      conditions: written.conditions,
    },
    settings: [
      { id: 'recommended', label: 'Bundled as serverless.yml does', exclude },
      {
        id: 'whole',
        label: 'Bundled whole, without an `exclude` but for `@aws-sdk/client-s3`',
        exclude: ['@aws-sdk/client-s3'],
      },
      {
        id: 'sdk-outside',
        label: "`exclude: ['@aws-sdk/*']`, the AWS SDK unbundled",
        exclude: ['@aws-sdk/*'],
      },
    ],
  };
}
