import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Said, type StackTemplate, sayDeployment, sayRemoval, type TableSeen } from '../../../infra/deletion.ts';
import { type Guarded, guardDeployment, guardRemoval } from '../../../infra/guard.ts';
import { buildResources, type StackOptions } from '../../../infra/resources.ts';
import { aConfig } from './configs.ts';

const dayMs = 86_400_000;
const now = Date.parse('2026-03-20T12:00:00Z');
const place = { service: 'shop', stage: 'dev', region: 'eu-west-1' };
const ledger = { name: 'shop-dev-ledger', items: 41_023, bytes: 2_140_000, createdAt: now - 12.5 * dayMs };
const links = { name: 'shop-dev-links', items: 1, bytes: 90, createdAt: now - 3_600_000 };
const besides =
  'is deleted, too: logs, alarms, dashboards, schedules, what lies in queues, and the topics, whose addresses confirm anew after the next deployment';
const removal = (tables: readonly TableSeen[], isMeant = false) => sayRemoval(tables, place, isMeant, now);

describe('a removal', () => {
  it('of tables that go with their stack is refused, with what it would delete and what to do', () => {
    const all = [ledger, links].map((each) => ({ ...each, isRetained: false }));
    expect(removal(all)).toEqual({
      warnings: [],
      refusal: `shop in dev (eu-west-1) was not removed, because this deletes what nobody brings back:
  is deleted for good: the table shop-dev-ledger (of 12 days, about 41,023 items, 2.1 MB)
  is deleted for good: the table shop-dev-links (made today, about 1 item, 1 kB)
  ${besides}
If that is meant: the same command with --param delete=true
To keep the tables: npx serverless deploy --stage dev --param retain=true, and then remove (docs/operate.md)`,
    });
  });

  it('that is meant goes on, and says what it deletes', () => {
    expect(removal([{ ...ledger, isRetained: false }], true)).toEqual({
      warnings: ['is deleted for good: the table shop-dev-ledger (of 12 days, about 41,023 items, 2.1 MB)', besides],
    });
  });

  it('that leaves its tables needs no word, and says which stay and how a stack takes them back', () => {
    expect(removal([{ ...ledger, isRetained: true }])).toEqual({
      warnings: [
        'stays: the table shop-dev-ledger (of 12 days, about 41,023 items, 2.1 MB); npx burnwatch adopt --stage dev takes it into a new stack',
        besides,
      ],
    });
  });

  it('is refused for one table of two, and where nobody may look into it', () => {
    const { warnings, refusal } = removal([
      { ...ledger, isRetained: true },
      { name: links.name, isRetained: false },
    ]);
    expect(warnings).toHaveLength(1);
    expect(refusal).toContain('is deleted for good: the table shop-dev-links\n');
  });

  it('of a table that nobody has counted yet never says that it is empty', () => {
    expect(removal([{ ...links, items: 0, bytes: 0, isRetained: true }]).warnings[0]).toContain(
      'shop-dev-links (made today, no items when DynamoDB last counted); npx',
    );
  });

  it('of a stack without tables, which only probes for home, is not held up', () => {
    const said = 'is deleted: what probes from here, its log and its schedules; what it found stays at home';
    expect(removal([])).toEqual({ warnings: [said] });
  });
});

const options: StackOptions = {
  ...{ stage: 'dev', region: 'eu-west-1', isShortenerOn: true, areFaultsOn: false },
  ...{ isRetained: false, logRetentionDays: 30 },
};
const template = (change: Partial<StackOptions> = {}, service = 'shop') =>
  buildResources(aConfig({ service }), { ...options, ...change }) as unknown as StackTemplate;

describe('a deployment', () => {
  const cases: readonly (readonly [
    idea: string,
    before: StackTemplate,
    after: StackTemplate,
    lost: string[],
    warnings: string[],
  ])[] = [
    ['that changes nothing of the tables', template(), template(), [], []],
    ['that takes a key', template(), template({ encryptionKeys: [aKey()] }), [], []],
    ['that adds a table', template({ isShortenerOn: false }), template(), [], []],
    [
      'without the shortener',
      template(),
      template({ isShortenerOn: false }),
      ['the table shop-dev-links is no part of it any more, and would be deleted'],
      [],
    ],
    [
      'without the shortener, whose table is retained',
      template({ isRetained: true }),
      template({ isRetained: true, isShortenerOn: false }),
      [],
      ['the table shop-dev-links leaves the stack and stays: npx burnwatch adopt --stage dev takes it back'],
    ],
    [
      'under another name',
      template({ isShortenerOn: false }),
      template({ isShortenerOn: false }, 'store'),
      ['an empty table would take the place of shop-dev-ledger, which would be deleted'],
      [],
    ],
    [
      'under another name, retained',
      template({ isShortenerOn: false, isRetained: true }),
      template({ isShortenerOn: false, isRetained: true }, 'store'),
      [],
      ['an empty table takes the place of shop-dev-ledger, which stays'],
    ],
    [
      'that switches retain off',
      template({ isRetained: true, isShortenerOn: false }),
      template({ isShortenerOn: false }),
      [],
      ['retain is switched off: from now on a removal of the stack deletes the table shop-dev-ledger'],
    ],
  ];

  it.each(cases)('%s', (_, before, after, lost, warnings) => {
    const said = sayDeployment(before, after, place, false);
    expect(said.warnings).toEqual(warnings);
    if (lost.length === 0) expect(said.refusal).toBeUndefined();
    else
      expect(said.refusal).toBe(
        [
          'shop in dev (eu-west-1) was left as it is:',
          ...lost.map((each) => `  ${each}`),
          'If that is meant: the same command with --param delete=true. To keep it: deploy what is there once more with --param retain=true first (docs/operate.md)',
        ].join('\n'),
      );
    expect(sayDeployment(before, after, place, true)).toEqual({ warnings: [...warnings, ...lost] });
  });
});

describe('what is deployed, and not what would be, decides', () => {
  /** An AWS that answers one call after the other: status and body. */
  async function asked(
    answers: readonly (readonly [number, string])[],
    ask: (guarded: Guarded) => Promise<Said>,
    change = {},
  ) {
    const left = [...answers];
    const server = createServer((request, response) => {
      request.resume();
      const [status, body] = left.shift() ?? [500, ''];
      response.writeHead(status, { 'content-type': body.startsWith('<') ? 'text/xml' : 'application/x-amz-json-1.0' });
      response.end(body);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const credentials = { accessKeyId: 'x', secretAccessKey: 'x' };
    const access = { endpoint, region: 'eu-west-1', credentials, maxAttempts: 1 };
    const said = await ask({ place, stack: 'shop-dev', access, isMeant: false, now, ...change });
    await new Promise((done) => server.close(done));
    return said;
  }
  const deployed = (of: StackTemplate) =>
    [
      200,
      `<GetTemplateResponse><GetTemplateResult><TemplateBody>${JSON.stringify(of).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody></GetTemplateResult></GetTemplateResponse>`,
    ] as const;
  const refused = (code: string, message: string) =>
    [
      400,
      `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
    ] as const;
  const described = [
    200,
    JSON.stringify({ Table: { ItemCount: 7, TableSizeBytes: 700, CreationDateTime: now / 1_000 - 86_400 } }),
  ] as const;
  const alone = template({ isShortenerOn: false });

  it('of a removal', async () => {
    expect((await asked([deployed(alone), described], guardRemoval)).refusal).toContain(
      'the table shop-dev-ledger (of 1 day, about 7 items, 1 kB)',
    );
    expect((await asked([deployed(alone), refused('AccessDenied', 'no')], guardRemoval)).refusal).toContain(
      'is deleted for good: the table shop-dev-ledger\n',
    );
    const none = refused('ValidationError', 'Stack with id shop-dev does not exist');
    expect(await asked([none], guardRemoval)).toEqual({ warnings: [] });
  });

  it('of a removal of which nothing is known it is that someone must mean it', async () => {
    const denied = refused('AccessDenied', 'not authorized');
    const said = 'what a removal of shop-dev deletes cannot be looked up (AccessDenied: not authorized)';
    expect(await asked([denied], guardRemoval)).toEqual({
      warnings: [],
      refusal: `${said}. To remove it all the same: the same command with --param delete=true`,
    });
    expect(await asked([denied], guardRemoval, { isMeant: true })).toEqual({ warnings: [said] });
  });

  it('of a first deployment, which stops at tables that another stack left', async () => {
    const none = refused('ValidationError', 'Stack with id shop-dev does not exist');
    const gone = [400, JSON.stringify({ __type: 'ResourceNotFoundException' })] as const;
    const first = (table: readonly [number, string]) =>
      asked([none, table], (guarded) => guardDeployment(guarded, async () => alone));
    expect((await first(described)).refusal).toBe(
      `shop in dev (eu-west-1) was not deployed, because a table of it already exists, and is in no stack of this name:
  shop-dev-ledger
npx burnwatch adopt --stage dev takes it into a new stack, with all that is in it; then deploy once more`,
    );
    expect(await first(gone)).toEqual({ warnings: [] });
  });

  it('of a deployment, which goes on where nothing is known', async () => {
    expect(
      (await asked([deployed(template())], (guarded) => guardDeployment(guarded, async () => alone))).refusal,
    ).toContain('shop-dev-links');
    expect(
      await asked([refused('AccessDenied', 'not authorized')], (guarded) =>
        guardDeployment(guarded, async () => alone),
      ),
    ).toEqual({
      warnings: [
        'what this deployment does to the tables of shop-dev cannot be looked up (AccessDenied: not authorized)',
      ],
    });
    expect(await asked([deployed(template())], (guarded) => guardDeployment(guarded, async () => undefined))).toEqual({
      warnings: [],
    });
  });
});

function aKey(): string {
  return 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
}
