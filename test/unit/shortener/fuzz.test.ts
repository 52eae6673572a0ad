import fc from 'fast-check';
import type { Answer } from '../../../functions/shortener/http.ts';
import { type ProblemName, problems, problemType } from '../../../functions/shortener/problem.ts';
import { createBench, eventOf, json, requestId } from './caller.ts';

/** `BURNWATCH_FUZZ=3000` tries more. */
const numRuns = Number(process.env['BURNWATCH_FUZZ'] ?? 800);
const methods = fc.oneof(
  fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'),
  fc.string(),
);
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.webPath());
const segments = fc.oneof(
  fc.constantFrom(
    'links',
    'faults',
    'health',
    'liveness',
    'readiness',
    'demo',
    'bulk',
    'clicks',
    'assets',
    'app.js',
    'openapi.json',
    'abcd+',
    'abcd.svg',
    '',
    '.',
    '..',
    '%2e',
    'abcd',
    '{code}',
    '__proto__',
    'constructor',
  ),
  text,
);
const paths = fc.oneof(
  fc.array(segments, { maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
  text,
);
const values = fc.oneof(fc.anything(), fc.webUrl(), text, fc.double(), fc.constantFrom(null, true, '2m', 1, 0, -0));
const inputs = fc.dictionary(
  fc.oneof(
    fc.constantFrom('url', 'code', 'expiresAt', 'links', 'disabled', 'errorRatio', 'latencyMs', 'for', '__proto__'),
    text,
  ),
  values,
);
const bodies = fc.oneof(
  fc.constant(undefined),
  text,
  fc.json(),
  inputs.map((input) => {
    try {
      return JSON.stringify(input);
    } catch {
      return '{"url":1n}'; // what JSON cannot say (a bigint, a circle) becomes what JSON is not
    }
  }),
);
const headers = fc.oneof(
  fc.constant(json),
  fc.dictionary(
    fc.oneof(
      fc.constantFrom(
        'content-type',
        'content-encoding',
        'content-length',
        'authorization',
        'idempotency-key',
        'if-none-match',
        'origin',
        'host',
        'x-forwarded-proto',
      ),
      text,
    ),
    text,
  ),
  fc.dictionary(text, text).map((more) => ({ ...json, ...more })),
);
const queries = fc.oneof(
  fc.constant(''),
  text,
  fc.webQueryParameters(),
  text.map((value) => `limit=3&cursor=${value}`),
);

/** What holds for every answer, whatever was asked. */
function expectSound(answer: Answer): void {
  expect(answer.statusCode).not.toBe(500);
  expect(answer.headers['x-request-id']).toBe(requestId);
  for (const value of Object.values(answer.headers)) expect(value).toMatch(/^[\u0020-\u007e]*$/);
  if (answer.statusCode < 400 || answer.body === '') return;
  const { type, title, status, detail } = JSON.parse(answer.body);
  expect(answer.headers['content-type']).toBe('application/problem+json');
  const known = Object.keys(problems).find((name) => problemType(name as ProblemName) === type);
  expect(problems[known as ProblemName]).toEqual({ status: answer.statusCode, title });
  expect([status, typeof detail]).toEqual([answer.statusCode, 'string']);
}

describe('Whatever is asked', () => {
  it('gets a sound answer that is never a 500', async () => {
    const bench = createBench({ writes: 'open' });
    await fc.assert(
      fc.asyncProperty(
        methods,
        paths,
        headers,
        bodies,
        queries,
        fc.boolean(),
        async (method, path, given, body, query, isBase64) => {
          expectSound(await bench.call(method, path, { headers: given, body, query, isBase64 }));
          await bench.store.deleteFault(AbortSignal.abort());
          bench.now += 1_000; // a drill that was started by chance is over for the next one
        },
      ),
      { numRuns },
    );
  });

  it('and whatever event carries it', async () => {
    const bench = createBench();
    const event = eventOf('POST', '/links', { headers: json, body: '{}' }) as object;
    const broken = fc
      .tuple(fc.constantFrom(...Object.keys(event)), fc.anything())
      .map(([key, value]) => ({ ...event, [key]: value }));
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.anything(), broken), async (input) => expectSound(await bench.send(input))),
      { numRuns },
    );
  });
});
