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

/**
 * A first answer from the other side of the world takes five round trips, with its connection and TLS, of up to 0.4 s each. Two
 * attempts still fit into what a tick keeps for its row.
 */
const farAway = {
  ...boundedClient.requestHandler,
  connectionTimeout: 1_500,
  requestTimeout: 3_500,
  socketTimeout: 3_500,
};

/** What a client is made with that asks another region; without one as any other. */
export function clientAt({ region }: Place): Place & typeof boundedClient {
  return region === undefined ? boundedClient : { ...boundedClient, region, requestHandler: farAway };
}
