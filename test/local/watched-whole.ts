import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ownFunctions,
  ownTables,
  type Preset,
  type PresetName,
  presetNames,
  presets,
} from '../../shared/config/parse/alarm-presets.ts';

/** A target that does in turn all that a monitor and a burst can meet. */
export type Subject = { readonly origin: string; close(): Promise<void> };

/** Answers to probes, by their number; then failures without an end. A redirect to the metadata service is never followed. */
const probed = [200, 200, 302, 302] as const;
const metadata = 'http://169.254.169.254/latest/meta-data/';
/** A caller at a time gets ten answers a second, so that of 40 starts a second most are never sent. */
const loadedMs = 100;

export async function startSubject(): Promise<Subject> {
  let [probes, loads] = [0, 0];
  const server: Server = createServer((request, response) => {
    if (request.url === '/loaded') setTimeout(end, loadedMs, response, loads++ % 2 === 0 ? 200 : 500);
    else end(response, probed[probes++] ?? 500);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const end = (response: ServerResponse, status: number) =>
  response.writeHead(status, status === 302 ? { location: metadata } : {}).end();

/** A preset on everything that it may watch here: status is there without a heartbeat too, but a file without one cannot know it. */
function alarmsOf(preset: PresetName): readonly string[] {
  const { of }: Preset = presets[preset];
  const id = preset.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (of === undefined) return [`  ${id}: { preset: ${preset}, notify: [oncall] }`];
  const each = of === 'table' ? ownTables : ownFunctions.filter((name) => name !== 'status');
  return each.map((name) => `  ${id}-${name}: { preset: ${preset}, ${of}: ${name}, notify: [oncall] }`);
}

/** The configuration with one of everything that is drawn or watched: all dashboards, all presets of alarms, each kind of burst. */
export const configOf = (subject: string, hook: string) => `version: 1
service: shop
channels:
  oncall: { type: email, to: oncall@example.com }
  hook: { type: webhook, url: ${hook}/x, secret: "\${ssm:/burnwatch/write-token}", allowPrivate: true }
monitors:
  subject:
    type: http
    allowPrivate: true
    retry: { limit: 0 }
    request: { url: ${subject}/probed }
    alerts: [{ for: { failures: 2, of: 3 }, notify: [oncall, hook], runbook: docs/runbooks/shortener.md }]
bursts:
  steady:
    allowPrivate: true
    request: { url: ${subject}/loaded }
    stages: [hold: 40/s for 1s]
    limits: { concurrency: 1 }
    thresholds: [errorRatio < 1%]
  breaking:
    mode: breakingPoint
    allowPrivate: true
    request: { url: ${subject}/loaded }
    search: { from: 20/s, to: 40/s, hold: 1s }
    limits: { concurrency: 1 }
    thresholds: [errorRatio < 1%]
slos:
  availability: { indicator: { monitors: [subject] }, objective: 99.9%, window: 30d, notify: [oncall] }
alarms:
${presetNames.flatMap(alarmsOf).join('\n')}
  own: { metric: { namespace: Burnwatch, name: ProbeLatency, dimensions: { Service: shop, Environment: local, Monitor: subject }, stat: p99 }, above: 1s, notify: [oncall], reason: The subject is slow. }
dashboards: all
`;
