import type { Context } from 'aws-lambda';
import { BurnwatchError } from '../../../shared/config/model.ts';
import { readOutput, requireVariable } from '../../../shared/lambda/environment.ts';
import { listPackaged, readPackaged } from '../../../shared/lambda/files.ts';
import { describeError, type Invocation, lambdaHandler } from '../../../shared/lambda/handler.ts';
import { keepWarm } from '../../../shared/lambda/warm.ts';

const aContext = (remainingMs: number): Context =>
  ({
    awsRequestId: 'request-1',
    functionName: 'shop-dev-probe',
    getRemainingTimeInMillis: () => remainingMs,
  }) as Context;

const { jest } = import.meta;

describe('a handler', () => {
  let lines: string[];
  beforeEach(() => {
    lines = [];
    jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines.push(String(text));
      return true;
    });
  });
  afterEach(() => jest.restoreAllMocks());

  it('answers what it runs, and knows its request', async () => {
    const handler = lambdaHandler('probe', async (event: { n: number }, { id }: Invocation) => ({ id, n: event.n }));
    expect(await handler({ n: 7 }, aContext(30_000))).toEqual({ id: 'request-1', n: 7 });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([{ message: 'invocation', 'faas.name': 'probe' }]);
  });

  it('logs what was thrown, once, and lets Lambda count it', async () => {
    const failing = lambdaHandler('probe', async () => {
      throw new BurnwatchError('BURN_TEST', 'the table is gone', { cause: new Error('no such table') });
    });
    await expect(failing({}, aContext(30_000))).rejects.toThrow('the table is gone');
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'error', message: 'invocation', 'error.type': 'BURN_TEST' },
      {
        level: 'error',
        message: 'invocation failed',
        'faas.name': 'shop-dev-probe',
        'faas.invocation_id': 'request-1',
        'error.type': 'BURN_TEST',
        'exception.message': 'the table is gone: no such table',
      },
    ]);
  });

  it('has a deadline before Lambda ends it', async () => {
    const waiting = lambdaHandler('probe', async (_event, { deadline }: Invocation) => {
      await new Promise((resolve) => deadline.addEventListener('abort', resolve));
      return 'in time';
    });
    expect(await waiting({}, aContext(520))).toBe('in time');
  });
});

describe('the description of an error', () => {
  it.each([
    [new TypeError('odd'), { 'error.type': 'TypeError', 'exception.message': 'odd' }],
    [new BurnwatchError('BURN_X', 'ours'), { 'error.type': 'BURN_X', 'exception.message': 'ours' }],
    ['a text', { 'error.type': 'string', 'exception.message': 'a text' }],
    [undefined, { 'error.type': 'undefined', 'exception.message': 'undefined' }],
  ])('%p', (error, expected) => {
    expect(describeError(error)).toEqual(expected);
  });
});

describe('what a sandbox keeps', () => {
  it('is made once, at its first use', async () => {
    let made = 0;
    const keep = keepWarm(async () => ++made);
    expect(made).toBe(0);
    expect(await Promise.all([keep(), keep()])).toEqual([1, 1]);
  });

  it('is made again when it could not be made', async () => {
    let tries = 0;
    const keep = keepWarm(async () => {
      tries += 1;
      if (tries === 1) throw new Error('not yet');
      return tries;
    });
    await expect(keep()).rejects.toThrow('not yet');
    expect(await keep()).toBe(2);
  });
});

describe('the environment', () => {
  afterEach(() => {
    for (const name of ['LEDGER_TABLE', 'OUTPUT_ShortenerUrl']) delete process.env[name];
  });

  it('that is missing is named, with how to give it', () => {
    process.env['LEDGER_TABLE'] = '';
    expect(() => requireVariable('LEDGER_TABLE')).toThrow(
      'the environment variable LEDGER_TABLE is not set; serverless.yml sets it, by hand it is given with -e LEDGER_TABLE=…',
    );
  });

  it('holds the outputs of the stack; an empty one is none', () => {
    process.env['OUTPUT_ShortenerUrl'] = 'https://sho.rt';
    expect([readOutput('ShortenerUrl'), readOutput('Other')]).toEqual(['https://sho.rt', undefined]);
    process.env['OUTPUT_ShortenerUrl'] = '';
    expect(readOutput('ShortenerUrl')).toBeUndefined();
  });
});

describe('a file of the package', () => {
  const root = new URL('../../../', import.meta.url);

  it('is read as JSON', async () => {
    expect(await readPackaged<{ name: string }>(new URL('package.json', root))).toMatchObject({ name: 'burnwatch' });
  });

  it.each(['no-such.json', 'README.md'])(
    '%s that cannot be read is an error without the path of the machine',
    async (name) => {
      const error = await readPackaged(new URL(`docs/${name}`, root)).catch((caught: unknown) => caught);
      expect(error).toMatchObject({
        code: 'BURN_PACKAGE_INCOMPLETE',
        message: `the package has no readable docs/${name}; deploy it again`,
      });
    },
  );

  it('is listed with its like, sorted', async () => {
    expect(await listPackaged(new URL('shared/config/', root))).toEqual(['monitors.schema.json']);
    await expect(listPackaged(new URL('no/such/', root))).rejects.toThrow(
      'the package has no folder no/such; deploy it again',
    );
  });
});
