import { problems } from '../problem.ts';

const instant = (description: string) => ({ type: 'string', format: 'date-time', description });
const strict = (properties: Readonly<Record<string, unknown>>, required = Object.keys(properties)) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const code = { type: 'string', pattern: '^[0-9A-Za-z]{4,64}$', description: 'Its case matters.' };
const url = {
  type: 'string',
  maxLength: 2048,
  pattern: '^[Hh][Tt][Tt][Pp][Ss]?://',
  examples: ['https://example.com/'],
};
const clicks = { type: 'integer', minimum: 0 };
const health = strict(
  { status: { enum: ['ok', 'error'] }, time: instant('When it was asked.'), reason: { type: 'string' } },
  ['status', 'time'],
);

const link = strict(
  {
    code,
    url: { ...url, description: 'Byte for byte as it was given.' },
    shortUrl: { type: 'string', description: 'Under the origin that was asked; only a path where that is no host.' },
    createdAt: instant('When it was made.'),
    expiresAt: instant('From then on it is gone. Without it the link stays.'),
    disabled: { type: 'boolean', description: 'While it is, following it answers 410.' },
    clicks: { ...clicks, description: 'GETs that were redirected.' },
  },
  ['code', 'url', 'shortUrl', 'createdAt', 'disabled', 'clicks'],
);

const inputError = strict({
  pointer: { type: 'string', description: 'A JSON pointer into the body (#/url), or a parameter (?limit).' },
  code: { type: 'string' },
  detail: { type: 'string' },
});

const problem = {
  type: { enum: Object.keys(problems).map((name) => `urn:burnwatch:problem:${name}`) },
  title: { type: 'string' },
  status: { type: 'integer', minimum: 400, maximum: 599 },
  detail: { type: 'string', description: 'What to do about it.' },
  errors: { type: 'array', items: inputError, minItems: 1 },
};
const requiredOfProblem = ['type', 'title', 'status', 'detail'];
const itemProblem = strict(problem, requiredOfProblem);

const faultFields = {
  errorRatio: { type: 'number', minimum: 0, maximum: 1, description: 'The share of requests that fail.' },
  latencyMs: { type: 'integer', minimum: 0, maximum: 30_000, description: 'Each request waits so long first.' },
  databaseDown: { type: 'boolean', description: 'The database refuses everything but the drill itself.' },
  cacheCold: { type: 'boolean', description: 'Each look-up of a link asks the database.' },
  cpuMs: { type: 'integer', minimum: 0, maximum: 1_000, description: 'CPU that each request burns first.' },
};

/** The schemas of every JSON body (JSON Schema 2020-12, as OpenAPI 3.1 takes it). */
export const schemas = {
  NewLink: {
    ...strict({ url, code, expiresAt: instant('In the future.') }, ['url']),
    description: 'docs/shortener.md says what a URL and a code may be.',
  },
  NewLinks: strict({
    links: { type: 'array', minItems: 1, maxItems: 100, items: { $ref: '#/components/schemas/NewLink' } },
  }),
  LinkChange: strict({ disabled: { type: 'boolean' } }),
  Link: link,
  LinkPage: strict(
    {
      links: { type: 'array', items: { $ref: '#/components/schemas/Link' }, maxItems: 100 },
      nextCursor: { type: 'string', description: 'For what follows; without it this was the last page.' },
    },
    ['links'],
  ),
  LinkResults: strict({
    results: {
      type: 'array',
      description: 'In the order of the links that were asked for.',
      items: {
        oneOf: [
          strict({ status: { const: 201 }, link: { $ref: '#/components/schemas/Link' } }),
          strict({ status: { enum: [409, 422, 503] }, problem: itemProblem }),
        ],
      },
    },
  }),
  Clicks: strict({
    code,
    clicks: { ...clicks, description: 'Of all days.' },
    days: {
      type: 'array',
      description: 'The last days in UTC, today last.',
      items: strict({ date: { type: 'string', format: 'date' }, clicks }),
    },
  }),
  NewFault: strict(
    {
      ...faultFields,
      for: { type: 'string', pattern: '^[0-9]{1,9}(ms|s|m|h|d)$' },
    },
    [],
  ),
  Fault: {
    oneOf: [
      strict({ active: { const: false } }),
      strict({
        active: { const: true },
        ...faultFields,
        until: instant('When it ends by itself.'),
      }),
    ],
  },
  Health: health,
  Description: { type: 'object', required: ['openapi', 'info', 'paths'] },
  Problem: {
    ...strict({ ...problem, requestId: { type: 'string' } }, [...requiredOfProblem, 'requestId']),
    description: 'RFC 9457. `type` and the `code` of an error are stable; the words are not.',
  },
} as const;
