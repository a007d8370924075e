import { IdempotencyConfig } from '@aws-lambda-powertools/idempotency';
import { layerSettings } from './expiry.ts';

/** How our own persistence layers are configured for Powertools' `makeIdempotent`. */
export const layerConfig = (expiresAfterSeconds: number): IdempotencyConfig =>
  new IdempotencyConfig(layerSettings(expiresAfterSeconds));
