import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { endAll, type Running, root, startLocalMode, temporaryFolder } from './local-mode.ts';

const folder = temporaryFolder();
const config = join(folder.path, 'monitors.yml');
const shipped = readFileSync(join(root, 'monitors.yml'), 'utf8');
const second = `
  second:
    type: http
    request: { url: "\${output:ShortenerUrl}/health/liveness" }
    alerts: [{ for: { failures: 1, of: 1 }, notify: [other] }]
`;
const extended = shipped
  .replace('\nbursts:', `${second}\nbursts:`)
  .replace('\nmonitors:', '\n  other: { type: email, to: other@example.com }\nmonitors:');
let local: Running;

beforeAll(async () => {
  writeFileSync(config, shipped);
  local = await startLocalMode(join(folder.path, 'data'), '--config', config, '--interval', '1s');
}, 30_000);
afterAll(async () => {
  await endAll(local);
  folder.remove();
});

/** As editors do it: another file takes the name. */
function replace(text: string): void {
  writeFileSync(`${config}.new`, text);
  renameSync(`${config}.new`, config);
}

describe('an edit of monitors.yml', () => {
  it('takes effect: monitors, shards, subscriptions and messages', async () => {
    replace(extended);
    const state = await local.until(
      ({ monitors }) => monitors.some(({ id, state: now }) => id === 'second' && now === 'passed'),
      15_000,
    );
    expect(state.monitors.map(({ id }) => id)).toEqual(['shortener-health', 'second']);
    expect(state.monitors[0]?.history.length).toBeGreaterThan(0);
    await fetch(`${local.console}/api/faults`, { method: 'POST' });
    const mailed = await local.until(({ inbox }) => inbox.some(({ to }) => to === 'other@example.com'), 15_000);
    expect(mailed.inbox.find(({ to }) => to === 'other@example.com')?.subject).toContain('second');
    await fetch(`${local.console}/api/faults`, { method: 'DELETE' });
    expect(local.output()).toContain('is taken: 2 monitors, 1 SLO, 1 burst\n');
  }, 45_000);

  it('that is wrong is shown, and the one before goes on', async () => {
    writeFileSync(config, extended.replace('objective: 99.9%', 'objective: 101%').replace('type: http', 'type: htp'));
    const state = await local.until(({ configErrors }) => configErrors.length > 0, 10_000);
    expect(state.configErrors.length).toBeGreaterThanOrEqual(2);
    for (const line of state.configErrors) expect(line).toMatch(/monitors\.yml:\d+:\d+ /);
    expect(local.output()).toContain('was not taken: the one before goes on');
    const before = state.monitors[1]?.lastProbeAt ?? 0;
    await local.until(({ monitors }) => (monitors[1]?.lastProbeAt ?? 0) > before, 10_000);
  }, 30_000);

  it('that names what the stack does not have is shown, too', async () => {
    replace(extended.replace('${output:ShortenerUrl}/health/liveness', '${output:Nothing}/x'));
    const state = await local.until(
      ({ configErrors }) => configErrors.some((line) => line.includes('Nothing')),
      10_000,
    );
    expect(state.monitors).toHaveLength(2);
  }, 30_000);

  it('that mends it is taken, and the errors are gone', async () => {
    writeFileSync(config, shipped);
    const state = await local.until(
      ({ configErrors, monitors }) => configErrors.length === 0 && monitors.length === 1,
      10_000,
    );
    const before = state.monitors[0]?.lastProbeAt ?? 0;
    await local.until(({ monitors }) => (monitors[0]?.lastProbeAt ?? 0) > before, 10_000);
  }, 30_000);
});
