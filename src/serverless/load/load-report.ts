import type { HandlerDescription } from '../../describe-handler.ts';
import type { RouteDescription } from '../../routing/describe-routes.ts';

/** What is known of a handler once it has been imported. */
export interface LoadedHandler {
  readonly routes: readonly RouteDescription[];
  readonly description: HandlerDescription;
}

/** What the program that imports a handler says of it; once, and then it ends. */
export type LoadReport =
  | ({ readonly kind: 'loaded' } & LoadedHandler)
  /** `found` is what the file exports. */
  | { readonly kind: 'no-export'; readonly found: readonly string[] }
  | { readonly kind: 'not-a-handler' }
  /** It has routes and does not say with what it was made, as those of `createReplayHandler`. */
  | { readonly kind: 'not-described' }
  | { readonly kind: 'network'; readonly target: string }
  | { readonly kind: 'threw'; readonly what: string };

/** Why a handler could not be read, and what to do. */
export interface Problem {
  readonly rule: string;
  readonly message: string;
  readonly remedy: string;
}
