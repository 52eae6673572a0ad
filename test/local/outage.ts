import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { writeRuntimeConfig } from '../../infra/build.ts';
import type { InvocationResult } from '../../infra/local/function/host.ts';
import type { Config } from '../../shared/config/model.ts';
import { aConfig, aMonitor, anAlert, anSlo } from '../support/config.ts';
import type { Running } from './local-mode.ts';
import { type OwnStack, openOwnStack, startOwnFunction } from './own-stack.ts';

const hourMs = 3_600_000;
/** Its target is a port of this machine on which nobody listens. */
export const monitor = aMonitor({
  intervalMs: 1_000,
  allowPrivate: true,
  dependsOn: [],
  alerts: [anAlert({ repeatEveryMs: hourMs })],
  retry: { limit: 0, delayMs: 0 },
  request: {
    method: 'GET',
    url: 'http://127.0.0.1:1/',
    headers: {},
    followRedirects: true,
    maxRedirects: 5,
    query: [],
    httpVersion: '1.1',
  },
});
export const outageConfig = aConfig({ monitors: [monitor], slos: [anSlo()] });

/** The bundles that local mode runs, with another configuration beside them. */
export function packageFor(local: Running, config: Config, outdir: string): string {
  cpSync(join(local.data, 'build'), outdir, { recursive: true });
  writeRuntimeConfig(config, outdir, 1_000);
  return outdir;
}

/** A stack whose next evaluation fires: five probes passed, then three failed, the newest just now. */
export async function anOutage(local: Running): Promise<OwnStack> {
  const stack = await openOwnStack(local);
  const now = Math.floor(Date.now() / 1_000) * 1_000;
  // The hour before is folded already, so that a cold evaluation reads no two days of rows.
  const hourAt = Math.floor(now / hourMs) * hourMs - hourMs;
  await stack.ledger.saveHour({ location: 'us-east-1', hourAt, monitors: new Map() });
  for (let ago = 7; ago >= 0; ago -= 1) await stack.tick(now - ago * 1_000, monitor.key, ago < 3 ? 'failed' : 'passed');
  return stack;
}

/** A stack whose next evaluation resolves what fired and was told. */
export async function aRecovery(local: Running, outdir: string): Promise<OwnStack> {
  const stack = await anOutage(local);
  await evaluateOn(stack, outdir, local.aws);
  const firedAt = Math.ceil(Date.now() / 1_000) * 1_000;
  for (const at of [firedAt, firedAt + 1_000]) await stack.tick(at, monitor.key, 'passed');
  await pause(firedAt + 1_000 - Date.now());
  return stack;
}

/** A stack whose next evaluation reminds of what fired, and was told, an hour ago. */
export async function aReminder(local: Running, outdir: string): Promise<OwnStack> {
  const stack = await anOutage(local);
  await evaluateOn(stack, outdir, local.aws);
  const earlier = (text: string) =>
    text.replace(/(\\"(?:firedAt|openedAt)\\":)(\d+)/g, (_, key: string, at: string) => `${key}${Number(at) - hourMs}`);
  await stack.put(new Map([...(await stack.items())].map(([key, item]) => [key, earlier(item)])));
  return stack;
}

/** One evaluation by a sandbox that has just started. */
export async function evaluateOn(stack: OwnStack, outdir: string, aws: string): Promise<InvocationResult> {
  const evaluate = startOwnFunction('evaluate', outdir, stack, aws);
  const result = await evaluate.invoke();
  await evaluate.kill();
  return result;
}

/** What was told, and what is remembered. */
export async function outcomeOf(stack: OwnStack) {
  const told = await stack.mailed();
  const { state, outbox } = await stack.load();
  const archived = [...(await stack.items()).keys()].filter((key) => key.startsWith('incidents ')).length;
  const incidents = Object.keys(state.incidents).length;
  return {
    mails: told.length,
    ids: new Set(told).size,
    outbox,
    alerts: Object.keys(state.alerts),
    incidents,
    archived,
  };
}

export const firing = { outbox: [], alerts: ['monitor/api/0'], incidents: 1, archived: 0 };
export const resolved = { outbox: [], alerts: [], incidents: 0, archived: 1 };
