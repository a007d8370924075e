import * as nodeModule from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const comesWithLambda = /^@(aws-sdk|smithy)\//;

const isNotFound = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  (error.code === 'MODULE_NOT_FOUND' || error.code === 'ERR_MODULE_NOT_FOUND');

/**
 * Lets `import` and `require` find the AWS SDK in a folder's `node_modules` when the deployment package leaves it out, as
 * packages do that rely on the one in Lambda's runtime. Nothing else is found there: what is missing in Lambda is to be
 * missing here. (For that reason it is no NODE_PATH.) It takes Node.js 22.15 or later.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html#nodejs-sdk-included
 */
export function fallBackToSdkFrom(folder: string): void {
  if (!('registerHooks' in nodeModule)) return;
  const parentPath = join(folder, 'package.json');
  const parentURL = pathToFileURL(parentPath).href;
  const require = nodeModule.createRequire(parentPath);
  nodeModule.registerHooks({
    resolve: (specifier, context, nextResolve) => {
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        const wasLookedForHere = context.parentURL === parentURL;
        if (wasLookedForHere || !comesWithLambda.test(specifier) || !isNotFound(error)) throw error;
        // What resolves for `require` goes by the real parent, whatever the context says; and it comes by here again.
        if (context.conditions.includes('require'))
          return { url: pathToFileURL(require.resolve(specifier)).href, shortCircuit: true };
        return nextResolve(specifier, { ...context, parentURL });
      }
    },
  });
}
