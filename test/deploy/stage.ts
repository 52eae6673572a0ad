import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Emulator, NoEmulator, startEmulator } from './emulator.ts';

/** How many times longer something may take than on a machine that has nothing else to do. */
const patience = Number(process.env['BURNWATCH_PATIENCE'] ?? 3);

/** What is deployed first: something of every function, judged so quickly that a test can wait for it. */
export const firstConfig = (hookUrl: string) => `
version: 1
service: shortener
channels:
  oncall: { type: email, to: oncall@example.com }
  hook: { type: webhook, url: "${hookUrl}", secret: "\${ssm:/burnwatch/hook-secret}", allowPrivate: true }
monitors:
  shortener-health:
    type: http
    interval: 10s
    retry: { limit: 0 }
    request: { url: "\${output:ShortenerUrl}/health/readiness" }
    assertions: [status == 200, { source: json, path: $.status, op: equals, value: ok }]
    alerts: [{ for: { failures: 2, of: 3 }, recover: { successes: 1 }, notify: [oncall, hook] }]
  old-name:
    type: http
    request: { url: "\${output:ShortenerUrl}/health/liveness" }
  short-lived:
    type: http
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    assertions: [status == 302]
  nightly: { type: heartbeat, period: 1d, grace: 1h }
bursts:
  redirects:
    request: { url: "\${output:ShortenerUrl}/demo", followRedirects: false }
    concurrency: 2
    requests: 20
slos:
  availability:
    indicator: { monitors: [shortener-health] }
    objective: 99.9%
    window: 30d
    notify: [oncall]
  history:
    indicator: { monitors: [old-name] }
    objective: 99.9%
    window: 30d
    notify: [oncall]
`;

/** The same after a change: one monitor renamed with its history, one gone, one new. */
export const secondConfig = (hookUrl: string) =>
  firstConfig(hookUrl)
    .replace('  old-name:\n    type: http\n', '  new-name:\n    formerly: old-name\n    type: http\n')
    .replace('monitors: [old-name]', 'monitors: [new-name]')
    .replace('  short-lived:', '  newcomer:');

export function writeConfig(root: string, text: string): void {
  writeFileSync(join(root, 'deploy.yml'), text);
}

/** What a receiver got: of the webhook channel with whether it was signed, and of SNS itself as anybody may subscribe. */
export type Receiver = {
  readonly url: string;
  readonly posts: readonly { readonly isSigned: boolean; readonly message: Message }[];
  readonly published: readonly Message[];
  close(): Promise<void>;
};
export type Message = {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly transitions: readonly { readonly kind: string; readonly name: string }[];
};

/** Takes webhooks at `<url>/hook`, and what SNS delivers at `<url>/sns`, where it confirms its subscription by itself. */
export async function openReceiver(secret: string): Promise<Receiver> {
  const posts: { isSigned: boolean; message: Message }[] = [];
  const published: Message[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const body = JSON.parse(text);
    response.writeHead(204).end();
    if (request.url === '/hook') {
      const signed = createHmac('sha256', secret).update(`${request.headers['x-burnwatch-timestamp']}.${text}`);
      const isSigned = request.headers['x-burnwatch-signature'] === `v1=${signed.digest('hex')}`;
      posts.push({ isSigned, message: body });
    } else if (body.Type === 'SubscriptionConfirmation') await fetch(body.SubscribeURL);
    else published.push(JSON.parse(body.Message));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise<void>((done) => server.close(() => done()));
  return { url: `http://127.0.0.1:${port}`, posts, published, close };
}

/** No step takes a tenth of it on a machine that has nothing else to do, ms. */
export const slow = 900_000;

/** A step of a story, as a test. What comes after one that failed is not tried: it would fail too, and only later. */
export type Step = (name: string, run: () => Promise<void>) => void;

/** The steps of one story, which say on the terminal how long each took. */
export function steps(): Step {
  let failed: string | undefined;
  return (name, run) =>
    test(
      name,
      async () => {
        if (failed !== undefined) throw notTried(failed);
        const startedAt = Date.now();
        failed = name;
        await run();
        failed = undefined;
        process.stderr.write(`${((Date.now() - startedAt) / 1_000).toFixed(0).padStart(4)} s  ${name}\n`);
      },
      slow,
    );
}

/** Without a stack: it is the other step's that matters. */
function notTried(failed: string): Error {
  const error = new Error(`not tried, because this failed: ${failed}`);
  error.stack = error.message;
  return error;
}

/** A test for each emulator there is: `tell` with it, or one that is skipped and says why. */
export async function withEmulator(title: string, tell: (emulator: Emulator) => void): Promise<void> {
  const emulator = await startEmulator().catch((error: unknown) => {
    if (error instanceof NoEmulator) return error;
    throw error;
  });
  if (emulator instanceof NoEmulator) test.skip(`${title} (not run: ${emulator.message})`, () => {});
  else describe(title, () => tell(emulator));
}

/** Asks again and again until there is an answer; the last error, or what is said, after three times as many seconds as it may take alone. */
export async function until<T>(seconds: number, what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + seconds * patience * 1_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (Date.now() > end) throw new Error(`not within ${seconds * patience} s: ${what}`);
    await sleep(1_000);
  }
}
