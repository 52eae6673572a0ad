/** Where a client asks, when that is not the region in which it runs. */
export type Place = { readonly region?: string };

/**
 * What every SDK client is made with. Without these an AWS endpoint that hangs takes the whole invocation with it: the
 * SDK has no request timeout of its own, `requestTimeout` alone only logs a warning, and it ends with the head of the
 * answer: `socketTimeout` bounds the silence in its body.
 */
export const boundedClient = {
  maxAttempts: 2,
  requestHandler: {
    connectionTimeout: 1_000,
    requestTimeout: 2_000,
    throwOnRequestTimeout: true,
    socketTimeout: 2_000,
  },
};
