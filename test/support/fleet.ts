/** A fleet of monitors, as somebody would write it. */
export type Fleet = {
  /** What the monitor of an index asks. */
  readonly target?: (index: number) => string;
  /** With what a large team has besides: channels, bursts, alarms, all dashboards, maintenance, drills. */
  readonly isRich?: boolean;
  /** Monitors may ask loopback. */
  readonly isPrivate?: boolean;
};

const publicTarget = (index: number): string => `https://service-${index % 800}.example.com/health/${index}`;

/** A monitors.yml of so many HTTP monitors, each probed every minute, with an SLO for each ten of them. */
export function aFleet(
  count: number,
  { target = publicTarget, isRich = false, isPrivate = false }: Fleet = {},
): string {
  const ids = Array.from({ length: count }, (_, index) => `m${String(index).padStart(5, '0')}`);
  const groups = Array.from({ length: Math.ceil(count / 10) }, (_, index) => ids.slice(10 * index, 10 * index + 10));
  const http = 'type: http, assertions: [status == 200], alerts: [{ for: { failures: 2, of: 3 }, notify: [oncall] }]';
  return `version: 1
service: fleet
defaults: { interval: 1m, timeout: 5s, retry: { limit: 1, delay: 1s } }
x-http: &http { ${http}${isPrivate ? ', allowPrivate: true' : ''} }
channels:
  oncall: { type: email, to: oncall@example.com }
${isRich ? richChannels() : ''}monitors:
${ids.map((id, index) => `  ${id}: { <<: *http, request: { url: "${target(index)}" } }\n`).join('')}slos:
${groups.map(slo).join('')}${isRich ? richSections(target) : ''}`;
}

function slo(ids: readonly string[], index: number): string {
  const rest = 'objective: 99.9%, window: 30d, notify: [oncall]';
  return `  team-${String(index).padStart(4, '0')}: { indicator: { monitors: [${ids.join(', ')}] }, ${rest} }\n`;
}

const numbers = (count: number) => Array.from({ length: count }, (_, index) => index);

const richChannels = (): string =>
  `${numbers(20)
    .map((index) => `  team-${index}: { type: email, to: team-${index}@example.com }\n`)
    .join('')}  chat: { type: slack, url: "\${ssm:/fleet/slack-url}" }\n`;

const richSections = (target: (index: number) => string): string => `bursts:
${numbers(10)
  .map(
    (index) =>
      `  b${index}: { schedule: cron(0 ${index} * * ? *), shards: 3, request: { url: "${target(index)}" }, stages: [{ hold: 300/s for 10s }], thresholds: [p99 < 300ms], alerts: [{ notify: [chat] }] }\n`,
  )
  .join('')}alarms:
${numbers(40)
  .map(
    (index) =>
      `  a${index}: { metric: { namespace: Shop, name: Lost${index}, stat: sum }, above: 1, notify: [team-${index % 20}], reason: Something was lost. }\n`,
  )
  .join('')}dashboards: all
drill: { schedule: cron(0 9 ? * MON *), notify: [oncall] }
maintenance: [{ monitors: [m00000, m00001], start: "02:00", duration: 30m, every: [sunday], reason: backup }]
`;
