import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject } from '../aws/read.ts';
import { type BurstWatch, burstFunction } from '../burst-watch.ts';
import { type Assets, assetHeaders } from '../console/assets.ts';
import type { BurstAnswer, ConsoleState, ProbeAnswer } from '../console/state.ts';
import { type DashboardDeps, tellDashboards, tellLogs, tellMetrics } from '../dashboards.ts';
import type { Drill } from '../drill.ts';
import type { Functions } from '../function/functions.ts';
import type { GatewayAnswer } from '../gateway/event.ts';
import { type Handle, isLoopbackHost } from '../server.ts';
import { type AlertActions, acknowledgeNow, silenceNow, unsilenceNow } from './alerts.ts';
import { Refusal, readObject, requireOnly, send, sendJson, sendProblem } from './answer.ts';
import type { Details } from './details.ts';

export type ConsoleDeps = {
  readonly assets: Assets;
  readState(): Promise<ConsoleState>;
  readonly functions: Functions;
  readonly bursts: Pick<BurstWatch, 'underWay'>;
  readonly drill: Drill;
  readonly dashboards: DashboardDeps;
  readonly details: Details;
  readonly actions: AlertActions;
  /** Takes over a stream of events. */
  follow(request: IncomingMessage, response: ServerResponse): void;
  /** Something was changed by hand: tell everyone. */
  onChange(): void;
  /** Ids of every monitor. */
  monitors(): readonly string[];
  /** Ids of every burst. */
  burstIds(): readonly string[];
};

type Route = (deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse) => Promise<void> | void;

const routes: Readonly<Record<string, Readonly<Record<string, Route>>>> = {
  '/api/state': { GET: async (deps, _, response) => sendJson(response, 200, await deps.readState()) },
  '/api/events': { GET: (deps, request, response) => deps.follow(request, response) },
  '/api/faults': { POST: startFault, DELETE: endFault },
  '/api/probe': { POST: probeNow },
  '/api/bursts': { POST: runBurstNow },
  '/api/dashboards': { GET: ({ dashboards }, request, response) => tellDashboards(dashboards, request, response) },
  '/api/logs': { POST: ({ dashboards }, request, response) => tellLogs(dashboards, request, response) },
  '/api/metrics': { POST: ({ dashboards }, request, response) => tellMetrics(dashboards, request, response) },
  '/api/slo': { GET: tellSlo },
  '/api/incident': { GET: tellIncident },
  '/api/acknowledgements': { POST: changing(acknowledgeNow) },
  '/api/silences': { POST: changing(silenceNow), DELETE: changing(unsilenceNow) },
};

function changing(act: typeof acknowledgeNow): Route {
  return async (deps, request, response) => {
    await act(deps.actions, request, response);
    deps.onChange();
  };
}

/** The console: its page, its data, and its buttons. Pages of other origins are refused, and names that are not ours. */
export function createConsole(deps: ConsoleDeps): Handle {
  return async (request, response) => {
    for (const [name, value] of Object.entries(assetHeaders)) response.setHeader(name, value);
    try {
      refuseStrangers(request);
      await route(deps, request, response);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      sendProblem(response, error.status, error.title, error.message);
    }
  };
}

function refuseStrangers({ headers }: IncomingMessage): void {
  if (!isLoopbackHost(headers.host)) throw new Refusal(403, 'Forbidden', 'The Host header does not name this machine.');
  const { origin } = headers;
  if (origin !== undefined && origin !== `http://${headers.host}`)
    throw new Refusal(403, 'Forbidden', 'Pages of other origins may not talk to the console.');
}

async function route(deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET');
  const asset = deps.assets.get(path === '/index.html' ? '/' : path);
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (!asset && !methods) throw new Refusal(404, 'Not Found', 'There is nothing at this path.');
  const allowed = asset ? ['GET', 'HEAD'] : Object.keys(methods ?? {});
  if (!allowed.includes(method)) {
    response.setHeader('allow', allowed.join(', '));
    throw new Refusal(405, 'Method Not Allowed', `Here are ${allowed.join(', ')}.`);
  }
  if (asset) send(response, 200, asset.contentType, asset.body);
  else await methods?.[method]?.(deps, request, response);
}

/** An empty body breaks the shortener fully for ten minutes; `{"errorRatio":0}` mends it. */
async function startFault(deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readObject(request, { errorRatio: 1, for: '10m' });
  const isMending = asked['errorRatio'] === 0 && (asked['latencyMs'] ?? 0) === 0;
  relay(response, isMending ? await deps.drill.end() : await deps.drill.start(JSON.stringify(asked)));
  deps.onChange();
}

async function endFault(deps: ConsoleDeps, _: IncomingMessage, response: ServerResponse): Promise<void> {
  relay(response, await deps.drill.end());
  deps.onChange();
}

/** Probes by hand, off the record: every monitor, or those that the body names. */
async function probeNow(deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readObject(request, {});
  requireOnly(['monitors'], asked);
  const known = deps.monitors();
  const monitors = asked['monitors'] ?? known;
  if (!Array.isArray(monitors)) throw new Refusal(400, 'Bad Request', '"monitors" must be a list of ids.');
  if (!monitors.every((id) => known.includes(id)))
    throw new Refusal(404, 'Not Found', `Every monitor must be one of ${known.join(', ').slice(0, 300)}.`);
  const result = await deps.functions.invoke('probe', JSON.stringify({ monitors, record: false }));
  if (result.isError)
    throw new Refusal(502, 'Bad Gateway', `The probe function failed: ${errorMessage(result.payload)}`);
  sendJson(response, 200, inOrder(JSON.parse(result.payload), known));
}

/**
 * Sends one burst now, off its schedule, to be kept. Answers when it has begun: how it goes on is told by events, and what came of it
 * by the next state. One that is under way already, whoever began it, is refused.
 */
async function runBurstNow(deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const asked = await readObject(request, {});
  requireOnly(['burst'], asked);
  const { burst } = asked;
  if (typeof burst !== 'string') throw new Refusal(400, 'Bad Request', '"burst" must be the id of a burst.');
  const known = deps.burstIds();
  if (!known.includes(burst)) throw new Refusal(404, 'Not Found', unknownBurst(known));
  if (deps.bursts.underWay(burst)) throw new Refusal(409, 'Conflict', `${burst} is under way already.`);
  void deps.functions.invoke(burstFunction, JSON.stringify({ burst, record: true }));
  const answer: BurstAnswer = { burst, run: deps.bursts.underWay(burst)?.id ?? '' };
  sendJson(response, 202, answer);
}

function unknownBurst(known: readonly string[]): string {
  if (known.length === 0) return 'monitors.yml has no bursts.';
  return `The burst must be one of ${known.join(', ').slice(0, 300)}.`;
}

/** Everything about the SLO that `?id=` names. */
async function tellSlo(deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const detail = await deps.details.slo(idOf(request));
  if (detail === 'unknown') throw new Refusal(404, 'Not Found', 'monitors.yml has no SLO of this id.');
  if (detail === 'unreadable')
    throw new Refusal(503, 'Service Unavailable', 'What it counts could not be read: nobody knows how it stands.');
  sendJson(response, 200, detail);
}

/** Everything about the incident that `?id=` names. */
async function tellIncident(deps: ConsoleDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const detail = await deps.details.incident(idOf(request));
  if (detail === 'unknown') throw new Refusal(404, 'Not Found', 'No incident of this id is kept.');
  sendJson(response, 200, detail);
}

const idOf = ({ url = '/' }: IncomingMessage): string => new URL(url, 'http://console').searchParams.get('id') ?? '';

/** The function answers shard by shard; a reader expects the order of monitors.yml. */
function inOrder({ results }: ProbeAnswer, ids: readonly string[]): ProbeAnswer {
  return { results: results.toSorted((a, b) => ids.indexOf(a.monitor) - ids.indexOf(b.monitor)) };
}

function errorMessage(payload: string): string {
  const error: unknown = JSON.parse(payload);
  return isObject(error) ? String(error['errorMessage']).slice(0, 300) : '';
}

function relay(response: ServerResponse, answer: GatewayAnswer): void {
  if (answer.body.length === 0) response.writeHead(answer.statusCode).end();
  else send(response, answer.statusCode, answer.headers['content-type'] ?? 'application/json', answer.body);
}
