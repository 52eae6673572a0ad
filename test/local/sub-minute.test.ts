import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ConsoleState, ProbeAnswer } from '../../infra/local/console/state.ts';
import { endAll, type Running, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
const file = join(folder.path, 'monitors.yml');
const request = 'request: { url: "${output:ShortenerUrl}/health/liveness" }';
let local: Running;

beforeAll(async () => {
  const monitors = [`slow: { type: http, ${request} }`, `fast: { type: http, interval: 5s, timeout: 2s, ${request} }`];
  writeFileSync(file, `version: 1\nservice: shortener\nmonitors:\n  ${monitors.join('\n  ')}\n`);
  local = await startLocalMode(join(folder.path, 'data'), '--config', file);
}, 30_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

describe('a monitor that is probed every 5 s, at the pace of a minute', () => {
  it('is shown as it is probed, not once a minute', async () => {
    const seen = new Set<number>();
    for await (const { monitors } of states()) {
      const at = monitors.find(({ id }) => id === 'fast')?.lastProbeAt;
      if (at !== undefined) seen.add(at);
      // Two of them may come from ticks: that of the start, and one of the minute.
      if (seen.size > 3) break;
    }
    expect(seen.size).toBeGreaterThan(3);
  }, 40_000);

  it('stands where monitors.yml has it, when all are probed by hand', async () => {
    const answer = await fetch(`${local.console}/api/probe`, { method: 'POST' });
    const { results } = (await answer.json()) as ProbeAnswer;
    expect(results.map(({ monitor }) => monitor)).toEqual(['slow', 'fast']);
  });

  it('holds up no end, although its invocation covers a minute', async () => {
    const startedAt = performance.now();
    expect(await local.end('SIGINT')).toBe(0);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

/** What an open page is told, for at most 30 s. */
async function* states(): AsyncGenerator<ConsoleState> {
  const { body } = await fetch(`${local.console}/api/events`);
  const signal = AbortSignal.timeout(30_000);
  let text = '';
  for await (const chunk of body?.pipeThrough(new TextDecoderStream(), { signal }) ?? []) {
    const events = (text + chunk).split('\n\n');
    text = events.pop() ?? '';
    for (const event of events) {
      const data = /^data: (.*)$/m.exec(event)?.[1];
      if (data !== undefined) yield JSON.parse(data) as ConsoleState;
    }
  }
}
