import { readFileSync } from 'node:fs';
import { createSigner } from '../../../shared/aws/signer.ts';
import { BurnwatchError, type HttpMethod } from '../../../shared/config/model.ts';

type Case = {
  readonly service: string;
  readonly method: HttpMethod;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly token: string | null;
  readonly signed: Readonly<Record<string, string>>;
};
/** What botocore, AWS's own signer, makes of these requests: made by golden.py beside it. */
const golden = new URL('../../fixtures/sigv4/golden.json', import.meta.url);
const { at, cases } = JSON.parse(readFileSync(golden, 'utf8')) as { at: string; cases: readonly Case[] };
const keys = {
  AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY',
};
const signWith = (environment: Readonly<Record<string, string>>, service = 'execute-api', region?: string) =>
  createSigner(
    () => environment,
    () => Date.parse(at),
  )(service, region);
const request = { method: 'GET', url: new URL('https://a.example/'), headers: {} } as const;

describe('a signature', () => {
  it.each(cases.map((each) => [`${each.service} ${each.method} ${each.url}`, each] as const))(
    'is the one that botocore makes: %s',
    async (_name, { service, method, url, headers, body, token, signed }) => {
      const sign = signWith(
        { ...keys, AWS_REGION: 'eu-west-1', ...(token ? { AWS_SESSION_TOKEN: token } : {}) },
        service,
      );
      const sent = { accept: '*/*', 'user-agent': 'burnwatch', ...headers };
      const bytes = body === '' ? {} : { body: Buffer.from(body) };
      expect(await sign({ method, url: new URL(url), headers: sent, ...bytes })).toEqual(signed);
    },
  );

  it('reads a path of S3 as S3 does, however it is written', async () => {
    const sign = signWith({ ...keys, AWS_REGION: 'eu-west-1' }, 's3');
    const [plain, encoded] = ['(c)/~ä', '%28c%29/~%C3%A4'].map((path) => new URL(path, 'https://b.example/'));
    expect(await sign({ ...request, url: plain as URL })).toEqual(await sign({ ...request, url: encoded as URL }));
  });

  it('is for the region that is named, rather than for that of the environment', async () => {
    const sign = signWith({ ...keys, AWS_REGION: 'eu-west-1' }, 'execute-api', 'us-west-2');
    expect((await sign(request))['authorization']).toContain('/20300102/us-west-2/execute-api/aws4_request, ');
  });

  it('is for the host that the monitor says, where it says one', async () => {
    const sign = signWith({ ...keys, AWS_REGION: 'eu-west-1' });
    const other = { ...request, headers: { host: 'b.example' } };
    expect(await sign(other)).toEqual(await sign({ ...request, url: new URL('https://b.example/') }));
  });

  it('has a date of its own, whatever the monitor sends', async () => {
    const sign = signWith({ ...keys, AWS_REGION: 'eu-west-1' });
    const old = { ...request, headers: { 'x-amz-date': '20000101T000000Z' } };
    expect(await sign(old)).toEqual(await sign(request));
  });

  it.each([
    [
      { AWS_REGION: 'eu-west-1' },
      'BURN_CREDENTIALS_MISSING: there are no AWS credentials to sign with: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (eval "$(aws configure export-credentials --format env)")',
    ],
    [keys, 'BURN_REGION_MISSING: there is no AWS region to sign for: set AWS_REGION, or auth.region on the monitor'],
  ])('says what is missing: %j', async (environment, message) => {
    const error = await signWith(environment)(request).catch((reason: unknown) => reason);
    expect(error instanceof BurnwatchError && `${error.code}: ${error.message}`).toBe(message);
  });
});
