import { parseAssertion } from '../../shared/assertion/parse.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import type { HttpMonitor, HttpRequest } from '../../shared/config/model.ts';
import { runHttpAttempt } from '../../shared/http/attempt.ts';
import type { ProbeDeps } from '../../shared/probe/prober.ts';
import { type ReadReference, resolveText } from '../../shared/probe/resolve-text.ts';
import { noWatch } from '../../shared/probe/watch.ts';

type Changes = Omit<Partial<HttpMonitor>, 'request' | 'assertions'> & {
  request?: Partial<HttpRequest>;
  assertions?: readonly string[];
};

/** A monitor that allows loopback, does not retry, and asks for a status of 200 to 299. */
export function httpMonitor(changes: Changes = {}): HttpMonitor {
  const { request, assertions = ['status in 200-299'], ...rest } = changes;
  return {
    id: 'target',
    key: 1,
    type: 'http',
    intervalMs: 60_000,
    timeoutMs: 2_000,
    retry: { limit: 0, delayMs: 0 },
    allowPrivate: true,
    dependsOn: [],
    alerts: [],
    maxBodyBytes: 1_048_576,
    ...rest,
    request: {
      method: 'GET',
      url: 'http://127.0.0.1/',
      query: [],
      headers: {},
      followRedirects: true,
      maxRedirects: 5,
      httpVersion: '1.1',
      ...request,
    },
    assertions: assertions.map((text) => {
      const parsed = parseAssertion(text);
      if (!parsed.ok) throw new Error(parsed.message);
      return parsed.assertion;
    }),
  };
}

const noReferences: ReadReference = { parameter: async () => undefined, output: () => undefined };

/** What a probe needs, with the real clock and the real door to HTTP. */
export function probeDeps(changes: Partial<ProbeDeps> & { read?: ReadReference } = {}): ProbeDeps {
  const { read = noReferences, ...rest } = changes;
  return {
    clock: systemClock,
    runHttp: runHttpAttempt,
    allowOrigins: [],
    resolveText: (text, vars) => resolveText(text, read, vars),
    signer: () => async () => ({}),
    loadHeartbeat: async () => undefined,
    watch: noWatch,
    signal: new AbortController().signal,
    ...rest,
  };
}
