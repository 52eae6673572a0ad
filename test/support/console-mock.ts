import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Assets, assetHeaders, bundleConsole } from '../../infra/local/console/assets.ts';
import type { ConsoleState, LiveRun, ProbeAnswer } from '../../infra/local/console/state.ts';
import type { IncidentDetailView, SloDetailView } from '../../shared/app/overview/model.ts';
import { liveRun } from './console-bursts.ts';
import { acknowledged, incidentDetailOf, silenced, sloDetailOf } from './console-details.ts';
import {
  burstFailed,
  burstRunning,
  burstSearched,
  bursts,
  configErrors,
  fresh,
  many,
  mended,
  outage,
  overspent,
  quiet,
  severally,
} from './console-states.ts';
import { fired } from './console-views.ts';

/** A stand-in for local mode's console: the real page, and whatever state a test wants it to show. */
export type ConsoleMock = {
  readonly url: string;
  /** Every command that the page has sent, e.g. `POST /api/faults`. */
  readonly commands: string[];
  readonly state: () => ConsoleState;
  /** Sends a state to every page that listens. */
  readonly show: (state: ConsoleState) => void;
  /** Tells them of a run of a burst, as it begins, goes on or ends. */
  readonly tellRun: (run: LiveRun) => void;
  /** From now on commands are refused with this title. */
  readonly refuse: (title: string | null) => void;
  /** What a manual probe finds from now on. */
  readonly answerProbe: (answer: ProbeAnswer) => void;
  /** What the page about this SLO or incident is told from now on; without it something is made of the state. */
  readonly tellOf: (id: string, detail: SloDetailView | IncidentDetailView) => void;
  /** Breaks every event stream, and refuses new ones until it is called with false. */
  readonly disconnect: (isDown: boolean) => void;
  readonly close: () => Promise<void>;
};

export const scenarios: Readonly<Record<string, (now: number) => ConsoleState>> = {
  quiet,
  outage,
  mended,
  fresh,
  overspent,
  severally,
  config: (now) => ({ ...quiet(now), configErrors }),
  many: (now) => many(now, 40, 1000),
  bursts,
  'burst-running': burstRunning,
  'burst-failed': burstFailed,
  'breaking-point': burstSearched,
};

export const probeAnswer: ProbeAnswer = {
  results: [
    {
      monitor: 'shortener-health',
      outcome: 'failed',
      errorType: 'assertion',
      message: 'status == 200: expected 200, got 503',
      attempts: 2,
      statusCode: 503,
      latencyMs: 23.4,
      phases: { resolveMs: 1.2, connectMs: 2.4, tlsMs: 0, processingMs: 18.6, transferMs: 1.2 },
      assertions: [
        { assertion: 'status == 200', passed: false, actual: '503', expected: '200' },
        { assertion: 'json $.status equals "ok"', passed: true, actual: '"ok"', expected: '"ok"' },
      ],
    },
  ],
};

/** Listens on loopback. The mock breaks and mends at once: a real local mode takes a few ticks. */
export async function startConsoleMock(initial: ConsoleState, port = 0): Promise<ConsoleMock> {
  const assets = await bundleConsole();
  const held: Held = {
    state: initial,
    probe: probeAnswer,
    refusal: null,
    isDown: false,
    streams: new Set(),
    commands: [],
    details: new Map(),
  };
  const server = createServer((request, response) => answer(assets, held, request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    commands: held.commands,
    state: () => held.state,
    show: (state) => broadcast(held, state),
    tellRun: (run) => {
      for (const stream of held.streams) stream.write(`event: run\ndata: ${JSON.stringify(run)}\n\n`);
    },
    refuse: (title) => {
      held.refusal = title;
    },
    answerProbe: (probe) => {
      held.probe = probe;
    },
    tellOf: (id, detail) => {
      held.details.set(id, detail);
    },
    disconnect: (isDown) => {
      held.isDown = isDown;
      if (isDown) for (const stream of held.streams) stream.destroy();
    },
    close: () => closeServer(server),
  };
}

type Held = {
  state: ConsoleState;
  probe: ProbeAnswer;
  refusal: string | null;
  isDown: boolean;
  readonly streams: Set<ServerResponse>;
  readonly commands: string[];
  readonly details: Map<string, SloDetailView | IncidentDetailView>;
};

function broadcast(held: Held, state: ConsoleState): void {
  held.state = state;
  for (const stream of held.streams) writeState(stream, state);
}

function writeState(stream: ServerResponse, state: ConsoleState): void {
  stream.write(`event: state\ndata: ${JSON.stringify(state)}\n\n`);
}

function answer(assets: Assets, held: Held, request: IncomingMessage, response: ServerResponse): void {
  const path = new URL(request.url ?? '/', 'http://mock').pathname;
  const asset = assets.get(path);
  if (asset !== undefined) respond(response, 200, asset.contentType, asset.body);
  else if (held.isDown) response.destroy();
  else if (path === '/api/state') respond(response, 200, 'application/json', JSON.stringify(held.state));
  else if (path === '/api/events') openStream(held, response);
  else if (path === '/api/slo' || path === '/api/incident') tellDetail(held, request.url ?? '', response);
  else command(held, `${request.method} ${path}`, response);
}

function tellDetail({ details, state }: Held, url: string, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(url, 'http://mock');
  const id = searchParams.get('id') ?? '';
  const made = pathname === '/api/slo' ? sloDetailOf(state, id) : incidentDetailOf(state, id);
  const detail = details.get(id) ?? made;
  if (detail !== undefined) respond(response, 200, 'application/json', JSON.stringify(detail));
  else
    respond(
      response,
      404,
      'application/problem+json',
      JSON.stringify({ title: 'Not Found', detail: `There is no ${id}.` }),
    );
}

function openStream(held: Held, response: ServerResponse): void {
  response.writeHead(200, { ...assetHeaders, 'content-type': 'text/event-stream' });
  held.streams.add(response);
  response.on('close', () => held.streams.delete(response));
  writeState(response, held.state);
}

function command(held: Held, name: string, response: ServerResponse): void {
  held.commands.push(name);
  if (held.refusal !== null) {
    respond(response, 503, 'application/problem+json', JSON.stringify({ title: held.refusal }));
    return;
  }
  const now = Date.now();
  switch (name) {
    case 'POST /api/faults':
      broadcast(held, {
        ...outage(now),
        inbox: [{ ...fired(now), id: `break-${held.commands.length}` }, ...held.state.inbox],
      });
      respond(response, 200, 'application/json', JSON.stringify(held.state.faults));
      break;
    case 'DELETE /api/faults':
      broadcast(held, mended(now));
      respond(response, 204, null, '');
      break;
    case 'POST /api/bursts':
      broadcast(held, { ...held.state, liveRuns: [liveRun(now, 0)] });
      respond(response, 202, 'application/json', JSON.stringify({ burst: 'redirects', run: 'run-1' }));
      break;
    case 'POST /api/acknowledgements':
      broadcast(held, acknowledged(held.state, now));
      respond(response, 200, 'application/json', '{}');
      break;
    case 'POST /api/silences':
      broadcast(held, silenced(held.state, now));
      respond(response, 201, 'application/json', '{}');
      break;
    case 'DELETE /api/silences':
      broadcast(held, { ...held.state, at: now, silences: [] });
      respond(response, 204, null, '');
      break;
    case 'POST /api/probe':
      respond(response, 200, 'application/json', JSON.stringify(held.probe));
      break;
    default:
      respond(response, 404, 'application/problem+json', JSON.stringify({ title: 'Not found' }));
  }
}

function respond(response: ServerResponse, status: number, contentType: string | null, body: string): void {
  response.writeHead(status, { ...assetHeaders, ...(contentType === null ? {} : { 'content-type': contentType }) });
  response.end(body);
}

function closeServer(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve, reject) => server.close((error) => (error === undefined ? resolve() : reject(error))));
}

/** `node test/support/console-mock.ts [scenario] [port]`: the page by hand, with any of the canned states. */
async function main(): Promise<void> {
  const [name = 'quiet', port = '4010'] = process.argv.slice(2);
  const scenario = scenarios[name];
  if (scenario === undefined) throw new Error(`no scenario "${name}": ${Object.keys(scenarios).join(', ')}`);
  const mock = await startConsoleMock(scenario(Date.now()), Number(port));
  console.log(`${mock.url} shows "${name}"`);
}

if (import.meta.main) await main();
