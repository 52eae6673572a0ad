import { runLoad } from '../../shared/burst/run.ts';
import { systemClock } from '../../shared/clock/clock.ts';
import { loadClient, prepared } from '../support/load.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
let local: Running;

beforeAll(async () => {
  local = await startLocalMode(folder.path);
}, 30_000);

afterAll(async () => {
  await endAll(local);
  folder.remove();
});

describe('A burst on the shortener in local mode', () => {
  it('of 14,000 redirects ends with 14,000 of them, and every click is counted', async () => {
    const made = await fetch(`${local.shortener}/links`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"url":"https://example.com/","code":"hot1"}',
    });
    expect(made.status).toBe(201);
    const client = loadClient({ mostConnections: 50, timeoutMs: 5_000 });
    const request = await prepared(client, { url: `${local.shortener}/hot1` });
    const { requests, failures, dropped, statusCodes, durationMs } = await runLoad(
      {
        load: { model: 'closed', concurrency: 50, requests: 14_000 },
        limits: { concurrency: 50, requests: 14_000, durationMs: 30_000 },
        timeoutMs: 5_000,
        failureStatuses: [{ from: 400, to: 599 }],
      },
      {
        clock: systemClock,
        send: (slot) => client.send(request, slot),
        canSpin: false,
        signal: AbortSignal.timeout(35_000),
      },
    );
    client.close();
    process.stdout.write(`14,000 redirects at ${Math.round((1_000 * requests) / durationMs)} a second\n`);
    expect({ requests, failures, dropped, statusCodes }).toEqual({
      requests: 14_000,
      failures: 0,
      dropped: 0,
      statusCodes: { 302: 14_000 },
    });
    const link = await (await fetch(`${local.shortener}/links/hot1`)).text();
    expect(JSON.parse(link).clicks).toBe(14_000);
  }, 45_000);
});
