import type { Maintenance, Monitor, Slo } from '../config/model.ts';
import type { History } from '../ledger/history.ts';
import { type Events, monitorEvents, observedEvents } from './events.ts';
import { sliceEvents } from './slices.ts';

/** What the events of SLOs are counted from. */
export type EventSources = {
  readonly monitors: readonly Monitor[];
  readonly maintenance: readonly Maintenance[];
  /** Of the probes. */
  readonly history: History;
  /** Of each SLO over bursts or metrics, by its id: what was counted (see `observedEvents`). Not there where it could not be read. */
  readonly counted: ReadonlyMap<string, History>;
};

/** What an SLO counts, single events or slices of time, as an evaluation at `now` sees it; undefined where it could not be read. */
export function eventsOf(slo: Slo, sources: EventSources, now: number): Events | undefined {
  const events = singleEvents(slo, sources);
  return events === undefined || slo.slices === undefined ? events : sliceEvents(events, slo.slices, now);
}

function singleEvents(slo: Slo, { monitors, maintenance, history, counted }: EventSources): Events | undefined {
  const { indicator } = slo;
  switch (indicator.kind) {
    case 'probes':
    case 'latency':
      return monitorEvents(slo, monitors, maintenance, history);
    case 'bursts':
    case 'cloudwatch': {
      const own = counted.get(slo.id);
      return own && observedEvents(own);
    }
    default:
      return indicator satisfies never;
  }
}
