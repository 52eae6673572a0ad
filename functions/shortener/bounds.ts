/**
 * Bounds of one call of AWS: without `throwOnRequestTimeout` the SDK only warns, and without the others it waits for ever.
 * Two attempts of a second each, and a short pause between them.
 */
export const bounds = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 500, requestTimeout: 1_000, throwOnRequestTimeout: true, socketTimeout: 1_000 },
};
