import { parseConfig } from '../../../shared/config/parse/index.ts';

const head = `version: 1
service: shop
channels:
  pager: { type: email, to: pager@example.com }
  oncall: { type: email, to: oncall@example.com }
  boss: { type: email, to: boss@example.com }
  spare: { type: email, to: spare@example.com }
monitors:
  web:
    type: http
    request: { url: https://example.com/ }
    alerts: [{ notify: [oncall], escalate: { after: 1h, notify: [boss] } }]
slos:
  up:
    indicator: { monitors: [web] }
    objective: 99%
    window: 30d
    alerts: [{ severity: ticket, budget: 10%, long: 3d, notify: [pager] }]
`;

function drillOf(written: string) {
  const parsed = parseConfig(`${head}${written}`, { file: 'm.yml', env: {} });
  if (!parsed.ok) throw new Error(parsed.errors.map(({ message }) => message).join('\n'));
  return parsed.config.drill;
}

describe('a drill in monitors.yml', () => {
  it.each([
    ['is not there unless it is asked for', '', undefined],
    [
      'tries every channel that an alert notifies or is escalated to, in the order of the file',
      'drill: { schedule: cron(0 9 ? * MON *) }',
      { schedule: { expression: 'cron(0 9 ? * MON *)', timezone: 'UTC' }, notify: ['pager', 'oncall', 'boss'] },
    ],
    [
      'tries those that it names, whoever notifies them, in its own time zone',
      'drill: { schedule: rate(1 day), timezone: Europe/Amsterdam, notify: [spare] }',
      { schedule: { expression: 'rate(1 day)', timezone: 'Europe/Amsterdam' }, notify: ['spare'] },
    ],
    [
      'may come each hour',
      'drill: { schedule: cron(0 * * * ? *), notify: [spare] }',
      { schedule: { expression: 'cron(0 * * * ? *)', timezone: 'UTC' }, notify: ['spare'] },
    ],
  ])('%s', (_, written, expected) => {
    expect(drillOf(written)).toEqual(expected);
  });
});
