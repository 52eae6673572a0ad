type FirstFile = {
  readonly url: string;
  readonly email: string;
  readonly allowPrivate: boolean;
  /** The path that editors follow. */
  readonly schema: string;
  /** The command that checks this very file. */
  readonly check: string;
};

/** A small, commented monitors.yml: one monitor, one channel, one SLO. */
export function renderFirstFile({ url, email, allowPrivate, schema, check }: FirstFile): string {
  const name = nameOf(url);
  return `# yaml-language-server: $schema=${schema}
# Check it with: ${check}

version: 1
service: ${name.slice(0, 24).replace(/-+$/, '')} # names every resource in AWS

channels:
  oncall: { type: email, to: ${JSON.stringify(email)} }

monitors:
  ${name}:
    type: http
    interval: 1m
    timeout: 5s
${allowPrivate ? '    allowPrivate: true # without it, addresses that are not public are blocked\n' : ''}    request:
      url: ${JSON.stringify(url)}
      # A secret comes from an SSM parameter, never from this file:
      # headers: { authorization: "Bearer \${ssm:/path/of/a/parameter}" }
    assertions:
      - status == 200
      # - latency < 800ms
      # - body contains Welcome
    alerts: # tells when 3 of the last 5 probes failed, and again when 2 in a row were good
      - { for: { failures: 3, of: 5 }, recover: { successes: 2 }, notify: [oncall] }

slos: # 99.9% of 30 days of probes, one a minute: 43 of them may fail
  ${name}-availability:
    indicator: { monitors: [${name}] }
    objective: 99.9%
    window: 30d
    alerts: # each fires when more than its share of that budget burns within its long window
      - { severity: page, budget: 2%, long: 1h, notify: [oncall] }
      - { severity: page, budget: 5%, long: 6h, notify: [oncall] }
      - { severity: ticket, budget: 10%, long: 3d, notify: [oncall] }
`;
}

/** A name made from the host, at most 40 characters: `www.example.com` is example-com. */
function nameOf(url: string): string {
  const host = URL.canParse(url) ? new URL(url).hostname : '';
  const name = host
    .replace(/^www\./, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40)
    .replaceAll(/^-+|-+$/g, '');
  return /^[a-z]/.test(name) && !name.startsWith('xn--') ? name : 'website';
}
