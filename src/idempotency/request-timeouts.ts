/**
 * Of the clients that are made here. The SDK would wait for an answer for ever, and the invocation with it; without the last
 * setting it only warns.
 */
export const requestTimeouts = {
  connectionTimeout: 2_000,
  requestTimeout: 5_000,
  throwOnRequestTimeout: true,
} as const;
