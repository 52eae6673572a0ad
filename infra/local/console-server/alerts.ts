import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { userInfo } from 'node:os';
import { type AcknowledgeDeps, acknowledge } from '../../../shared/app/alert-change/acknowledge.ts';
import { alertsNamed, silence, unsilence } from '../../../shared/app/alert-change/silence.ts';
import { BurnwatchError, type Config } from '../../../shared/config/model.ts';
import { parseDuration } from '../../../shared/config/parse/units.ts';
import { Refusal, readObject, requireOnly, sendJson } from './answer.ts';

/** What a person may do about alerts on the page: the same use cases as `npx burnwatch ack` and `silence`. */
export type AlertActions = {
  readonly config: () => Config;
  readonly alerts: () => AcknowledgeDeps['alerts'];
  readonly now: () => number;
};

const minuteMs = 60_000;
const longestSilenceMs = 31 * 1_440 * minuteMs;
const longestText = 200;

/** `{"incident": id, "by"?: text, "note"?: text}`: somebody is at it. 200 with how it stands then, 404 where no such incident is kept. */
export async function acknowledgeNow(
  actions: AlertActions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = await readObject(request, {});
  requireOnly(['incident', 'by', 'note'], asked);
  const id = readText(asked, 'incident');
  if (id === undefined) throw new Refusal(400, 'Bad Request', '"incident" must be the id of an incident.');
  const note = readText(asked, 'note');
  const signature = { by: whoIs(asked), ...(note === undefined ? {} : { note }) };
  const answer = await told(() => acknowledge(id, signature, changeOf(actions)));
  if (answer.state === 'unknown') throw new Refusal(404, 'Not Found', 'No incident of this id is kept.');
  sendJson(response, 200, { state: answer.state, incident: id, by: answer.incident.acknowledged?.by ?? '' });
}

/**
 * `{"names": [monitor, SLO, burst or alert], "for": "2h", "reason": text, "by"?: text}`: nothing is told of them for so long. 201 with
 * the silence.
 */
export async function silenceNow(
  actions: AlertActions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = await readObject(request, {});
  requireOnly(['names', 'for', 'reason', 'by'], asked);
  const reason = readText(asked, 'reason');
  if (reason === undefined) throw new Refusal(400, 'Bad Request', '"reason" must say why, in a few words.');
  const alerts = readNames(asked['names']).flatMap((name) => {
    const found = alertsNamed(actions.config(), name).alerts;
    if (found.length === 0) throw new Refusal(404, 'Not Found', `No monitor, SLO, burst or alert is called ${name}.`);
    return found;
  });
  const wanted = { alerts: [...new Set(alerts)], forMs: readSpan(asked['for']), reason, by: whoIs(asked) };
  sendJson(response, 201, await told(() => silence(wanted, changeOf(actions))));
}

/** `{"silence": id}`: it ends now. 204, or 404 where none of this id holds. */
export async function unsilenceNow(
  actions: AlertActions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const asked = await readObject(request, {});
  requireOnly(['silence'], asked);
  const isEnded = await told(() => unsilence(readText(asked, 'silence') ?? '', changeOf(actions)));
  if (!isEnded) throw new Refusal(404, 'Not Found', 'No silence of this id holds.');
  response.writeHead(204).end();
}

const changeOf = ({ alerts, now }: AlertActions): AcknowledgeDeps => ({
  ...{ alerts: alerts(), now, writer: randomUUID() },
});

/** What the use case refuses is said to whoever asked. */
async function told<Answer>(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof BurnwatchError ? new Refusal(409, 'Conflict', error.message) : error;
  }
}

/** Who sits at this machine, unless somebody says who they are. */
function whoIs(asked: Readonly<Record<string, unknown>>): string {
  return readText(asked, 'by') ?? userInfo().username;
}

function readText(asked: Readonly<Record<string, unknown>>, key: string): string | undefined {
  const value = asked[key];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.length > longestText)
    throw new Refusal(400, 'Bad Request', `"${key}" must be a text of at most ${longestText} characters.`);
  return value.trim() === '' ? undefined : value;
}

function readNames(value: unknown): readonly string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= 100;
  if (!isList || !value.every((name) => typeof name === 'string' && name.length <= longestText))
    throw new Refusal(400, 'Bad Request', '"names" must be a list of up to 100 names.');
  return value;
}

function readSpan(value: unknown): number {
  const read = typeof value === 'string' ? parseDuration(value) : undefined;
  if (!read?.ok || read.value < minuteMs || read.value > longestSilenceMs)
    throw new Refusal(400, 'Bad Request', '"for" must be a span from 1m to 31d.');
  return read.value;
}
