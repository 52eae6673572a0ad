import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFunctionHost, type FunctionHost } from '../../../infra/local/function/host.ts';

const source = `
  let calls = 0;
  export const handler = async (event, context) => {
    if (event.do === 'throw') throw Object.assign(new TypeError('no'), { code: 'X' });
    if (event.do === 'exit') process.exit(3);
    if (event.do === 'spin') for (;;);
    if (event.do === 'hang') await new Promise(() => {});
    if (event.do === 'crash') { setTimeout(() => { throw new Error('later'); }, 5); await new Promise(() => {}); }
    if (event.do === 'wait') await new Promise((resolve) => setTimeout(resolve, event.ms));
    if (event.do === 'log') { console.log('line of', event.name); console.error('and stderr'); }
    if (event.do === 'large') return 'x'.repeat(7 * 1024 * 1024);
    if (event.do === 'nothing') return undefined;
    calls += 1;
    return { calls, env: process.env, name: context.functionName, left: context.getRemainingTimeInMillis(), id: context.awsRequestId };
  };
`;

describe('a function in a thread', () => {
  let folder: string;
  let host: FunctionHost;
  let log: string;
  const start = (timeoutMs = 3_000, content = source): FunctionHost => {
    writeFileSync(join(folder, 'index.mjs'), content);
    log = '';
    const settings = {
      name: 'f',
      functionName: 's-local-f',
      functionArn: 'arn:f',
      file: join(folder, 'index.mjs'),
      environment: { ONLY: 'this' },
      timeoutMs,
      memoryMegabytes: 128,
    };
    host = createFunctionHost(settings, (text) => {
      log += text;
    });
    return host;
  };
  const call = async (event: object) => {
    const { payload, ...rest } = await host.invoke(JSON.stringify(event));
    return { ...rest, answer: JSON.parse(payload) };
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'burnwatch-function-'));
  });
  afterEach(async () => {
    await host.close(0);
    rmSync(folder, { recursive: true, force: true });
  });

  it('gets an event, a context and an environment of its own', async () => {
    start();
    const { isError, requestId, answer } = await call({});
    expect(isError).toBe(false);
    expect(answer).toMatchObject({ calls: 1, env: { ONLY: 'this' }, name: 's-local-f', id: requestId });
    expect(Object.keys(answer.env)).toEqual(['ONLY']);
    expect(answer.left).toBeGreaterThan(1_000);
    expect(answer.left).toBeLessThanOrEqual(3_000);
  });

  it('serves many at once, from one warm sandbox', async () => {
    start();
    const answers = await Promise.all(Array.from({ length: 50 }, () => call({ do: 'wait', ms: 50 })));
    expect(new Set(answers.map(({ answer }) => answer.calls)).size).toBe(50);
  });

  it.each([
    ['throw', { errorType: 'TypeError', errorMessage: 'no' }],
    ['exit', { errorType: 'Runtime.ExitError', errorMessage: 'Error: Runtime exited with error: exit status 3' }],
    ['crash', { errorType: 'Error', errorMessage: 'later' }],
    ['large', { errorType: 'Function.ResponseSizeTooLarge' }],
  ])('that fails by %s says so, and works again', async (how, expected) => {
    start();
    const { isError, answer } = await call({ do: how });
    expect(isError).toBe(true);
    expect(answer).toMatchObject(expected);
    expect((await call({})).isError).toBe(false);
  });

  it.each(['hang', 'spin'])('that outlives its timeout by a %s is replaced', async (how) => {
    start(400);
    const { isError, answer } = await call({ do: how });
    expect(isError).toBe(true);
    expect(answer).toMatchObject({ errorType: 'Sandbox.Timedout' });
    expect(answer.errorMessage).toMatch(/ Task timed out after 0\.40 seconds$/);
    expect((await call({})).answer.calls).toBe(1);
  });

  it('lets the others in a replaced sandbox end', async () => {
    start(500);
    await call({});
    const stuck = call({ do: 'hang' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    const other = call({ do: 'wait', ms: 350 });
    expect((await stuck).isError).toBe(true);
    expect(await other).toMatchObject({ isError: false, answer: { calls: 2 } });
  });

  it('tells what an invocation wrote, and only that', async () => {
    start();
    const [one, two] = await Promise.all([call({ do: 'log', name: 'one' }), call({ do: 'log', name: 'two' })]);
    expect(one?.logTail).toBe('line of one\nand stderr\n');
    expect(two?.logTail).toBe('line of two\nand stderr\n');
    expect(log).toContain('line of one\n');
  });

  it('answers null for nothing', async () => {
    start();
    expect((await call({ do: 'nothing' })).answer).toBeNull();
  });

  it('that cannot be loaded fails every call with the reason', async () => {
    start(2_000, 'throw new Error("bad bundle");');
    expect((await call({})).answer).toMatchObject({ errorMessage: 'bad bundle' });
    expect((await call({})).answer).toMatchObject({ errorMessage: 'bad bundle' });
  });

  it('refuses calls once it is closed', async () => {
    start();
    await host.close(0);
    expect((await call({})).answer).toMatchObject({ errorType: 'Runtime.Shutdown' });
  });
});
