import { parseConfig } from '../../../shared/config/parse/index.ts';

const file = (alert: string) => `version: 1
service: api
channels:
  oncall: { type: email, to: oncall@example.com }
  boss: { type: email, to: boss@example.com }
monitors:
  web: { type: http, request: { url: https://example.com/ }, alerts: [{ notify: [oncall]${alert} }] }
bursts:
  load: { request: { url: https://example.com/ }, stages: [{ hold: 1/s, for: 10s }], thresholds: [p99 < 1s], alerts: [{ notify: [oncall]${alert} }] }
slos:
  availability: { indicator: { monitors: [web] }, objective: 99%, window: 30d, alerts: [{ severity: page, budget: 10%, long: 1d, notify: [oncall]${alert} }] }
`;

function alertsOf(alert: string) {
  const result = parseConfig(file(alert), { file: 'm.yml', env: {} });
  if (!result.ok) throw new Error(JSON.stringify(result.errors));
  const { monitors, slos, bursts } = result.config;
  return [...monitors, ...slos, ...bursts].flatMap((each) => each.alerts);
}

it('alerts of every kind remind and escalate when they are told to', () => {
  const alerts = alertsOf(', repeatEvery: 4h, escalate: { after: 30m, notify: [boss] }');
  expect(alerts.map(({ repeatEveryMs, escalate }) => ({ repeatEveryMs, escalate }))).toEqual(
    Array.from({ length: 3 }, () => ({
      repeatEveryMs: 4 * 3_600_000,
      escalate: { afterMs: 30 * 60_000, notify: ['boss'] },
    })),
  );
});

it('without it no alert does', () => {
  for (const alert of alertsOf('')) {
    expect(alert).not.toHaveProperty('repeatEveryMs');
    expect(alert).not.toHaveProperty('escalate');
  }
});
