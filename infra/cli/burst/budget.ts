import type { Burst, RequireBudget } from '../../../shared/config/model.ts';
import type { Io } from '../command.ts';
import type { LocalMode } from '../local-mode.ts';
import { percentText } from '../numbers.ts';

/** A person waits: longer than this, something is wrong with that local mode. */
const patienceMs = 4_000;
const longestBody = 32 * 1024 * 1024;

/**
 * Why a burst that requires a budget must not be sent now, in one sentence, as the local mode that runs here knows it. Undefined
 * where it may, and where nobody knows: which is then said.
 */
export async function budgetRefusal(
  { requireBudget }: Pick<Burst, 'requireBudget'>,
  local: LocalMode | undefined,
  io: Io,
): Promise<string | undefined> {
  if (requireBudget === undefined) return undefined;
  const unknown = (why: string) => io.stderr(`requireBudget is not checked: ${why}\n`);
  if (local?.console === undefined) {
    unknown('no local mode runs here that would know the error budgets');
    return undefined;
  }
  const standing = readStanding(await getJson(`${local.console}/api/state`, io.signal));
  if (standing === undefined) unknown(`the local mode did not say how they stand (${local.console})`);
  return standing && reasonToRefuse(requireBudget, standing);
}

type Standing = {
  readonly slos: readonly Slo[];
  readonly incidents: readonly Incident[];
};
type Slo = {
  readonly id: string;
  readonly monitors: readonly string[];
  readonly budgetLeftRatio: number;
  readonly judgedEvents: number;
};
/** An open one. */
type Incident = { readonly openedAt: number; readonly monitors: readonly string[] };

/** The first of its SLOs that has an incident, or too little left. One that nothing is known of has no budget that anybody knows. */
export function reasonToRefuse(
  { slos, leftPpm }: RequireBudget,
  { slos: known, incidents }: Standing,
): string | undefined {
  for (const id of slos) {
    const slo = known.find((each) => each.id === id);
    if (slo === undefined) return `the local mode knows no SLO ${id}, whose budget it requires`;
    const incident = incidents.find(({ monitors }) => monitors.some((monitor) => slo.monitors.includes(monitor)));
    if (incident) return incidentReason(slo, incident);
    if (slo.judgedEvents === 0) return `nothing is known of the SLO ${id} yet`;
    if (slo.budgetLeftRatio * 1_000_000 < leftPpm)
      return `the SLO ${id} has ${leftText(slo.budgetLeftRatio)} of its error budget left, and ${percentText(leftPpm / 1_000_000)} are required`;
  }
  return undefined;
}

function incidentReason(slo: Slo, { monitors, openedAt }: Incident): string {
  const about = monitors.filter((monitor) => slo.monitors.includes(monitor));
  return `an incident of ${about.join(', ')} is open since ${new Date(openedAt).toISOString().slice(0, 16)}Z`;
}

const leftText = (ratio: number): string => (ratio < 0 ? `−${percentText(-ratio)}` : percentText(ratio));

/** What `/api/state` says; undefined for what does not look like it. */
export function readStanding(state: unknown): Standing | undefined {
  const [slos, incidents] = [read(state, 'slos'), read(state, 'incidents')];
  if (!Array.isArray(slos) || !Array.isArray(incidents)) return undefined;
  const found = slos.map(readSlo);
  if (found.some((slo) => slo === undefined)) return undefined;
  return { slos: found.filter((slo) => slo !== undefined), incidents: incidents.filter(isOpen).map(readIncident) };
}

function readSlo(slo: unknown): Slo | undefined {
  const [id, budgetLeftRatio] = [read(slo, 'id'), read(slo, 'budgetLeftRatio')];
  const [good, bad] = [read(slo, 'goodEvents'), read(slo, 'badEvents')];
  if (typeof id !== 'string' || typeof budgetLeftRatio !== 'number') return undefined;
  if (typeof good !== 'number' || typeof bad !== 'number') return undefined;
  return { id, budgetLeftRatio, judgedEvents: good + bad, monitors: readTexts(read(slo, 'monitors')) };
}

const isOpen = (incident: unknown): boolean => read(incident, 'closedAt') === null;

function readIncident(incident: unknown): Incident {
  const openedAt = read(incident, 'openedAt');
  const isInstant = typeof openedAt === 'number' && Math.abs(openedAt) <= 8.64e15;
  return { openedAt: isInstant ? openedAt : 0, monitors: readTexts(read(incident, 'monitors')) };
}

function readTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

function read(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** The answer as JSON; undefined for anything that goes wrong, which is no reason to send nothing. */
async function getJson(url: string, outer: AbortSignal): Promise<unknown> {
  if (!URL.canParse(url) || !url.startsWith('http:')) return undefined;
  const { get } = await import('node:http');
  const signal = AbortSignal.any([outer, AbortSignal.timeout(patienceMs)]);
  const { promise, resolve } = Promise.withResolvers<string>();
  const request = get(url, { agent: false, signal }, (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (chunk: string) => {
      text += chunk;
      if (text.length > longestBody) request.destroy();
    });
    response.on('end', () => resolve(text));
    response.on('close', () => resolve(''));
  });
  request.on('error', () => resolve(''));
  return parse(await promise);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever answered is no console.
    return undefined;
  }
}
