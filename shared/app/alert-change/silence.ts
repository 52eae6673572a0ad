import { locationAlertId } from '../../alert/location.ts';
import type { Silence } from '../../alert/model.ts';
import { addSilence, endSilence, mostSilences } from '../../alert/silence.ts';
import { BurnwatchError, type Config, locationNames, monitorIdsOf } from '../../config/model.ts';
import { cleanText } from '../../message/clean.ts';
import { longestBy, longestNote } from '../../message/incident-text.ts';
import { silencesOf } from '../overview/incident.ts';
import { type ChangeDeps, changeAlerts } from './change-alerts.ts';

/** What a name stands for: ids of alerts, or beginnings of them that end in a slash. */
export type Named = {
  readonly alerts: readonly string[];
  /** SLOs over a monitor of that name, whose burn rules still tell: they may be over other monitors, too. */
  readonly slosOver: readonly string[];
};

/** The alerts of a monitor, an SLO, a burst or a location, or one alert, by its id; none where nothing is called so. */
export function alertsNamed(config: Config, name: string): Named {
  const { monitors, slos, bursts } = config;
  const isId = ({ id }: { readonly id: string }) => id === name;
  const alerts = [
    ...(monitors.some(isId) ? [`monitor/${name}/`, `coverage/${name}`] : []),
    ...(slos.some(isId) ? [`slo/${name}/`] : []),
    ...(bursts.some(isId) ? [`burst/${name}/`] : []),
    ...[...monitors, ...slos, ...bursts].flatMap((each) => each.alerts.filter(isId).map(({ id }) => id)),
    ...(monitors.some(({ id }) => `coverage/${id}` === name) ? [name] : []),
    ...locationNames(config)
      .map(locationAlertId)
      .filter((id) => id === name || id === locationAlertId(name)),
  ];
  const over = slos.filter((slo) => monitorIdsOf(slo).includes(name) && slo.id !== name && slo.alerts.length > 0);
  return { alerts, slosOver: over.map(({ id }) => id) };
}

/** Every name that `alertsNamed` knows: those of monitors, SLOs, bursts and locations, then the ids of alerts. */
export function namesOf(config: Config): readonly string[] {
  const { monitors, slos, bursts } = config;
  const all = [...monitors, ...slos, ...bursts];
  const ids = [...all.map(({ id }) => id), ...locationNames(config)];
  return [...new Set([...ids, ...all.flatMap(({ alerts }) => alerts.map(({ id }) => id))])];
}

export type SilenceRequest = {
  readonly alerts: readonly string[];
  readonly forMs: number;
  readonly by: string;
  readonly reason: string;
};

/** Silences alerts from now on. Who, and why, may be any text: it is cleaned and cut. Throws where there are too many silences. */
export async function silence({ alerts, forMs, by, reason }: SilenceRequest, deps: ChangeDeps): Promise<Silence> {
  const said = { by: cleanText(by, longestBy) || 'somebody', reason: cleanText(reason, longestNote) };
  const { step } = await changeAlerts(deps, (state) => {
    const now = deps.now();
    return addSilence(state, { alerts, untilAt: now + forMs, ...said }, now);
  });
  if (step.silence) return step.silence;
  throw new BurnwatchError(
    'BURN_SILENCES_TOO_MANY',
    `there are ${mostSilences} silences already, as many as there may be: end one first`,
  );
}

/** Ends a silence before its time; what it held back and still fires is told by the next evaluation. False where there is none. */
export async function unsilence(id: string, deps: ChangeDeps): Promise<boolean> {
  return (await changeAlerts(deps, (state) => endSilence(state, id, deps.now()))).isChanged;
}

/** The silences that hold, the one that ends first first. */
export async function loadSilences({ alerts, now }: Pick<ChangeDeps, 'alerts' | 'now'>): Promise<readonly Silence[]> {
  const { state } = await alerts.load();
  return silencesOf(state, now());
}
