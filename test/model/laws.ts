import { type AlertState, emptyAlertState, type Incident } from '../../shared/alert/model.ts';
import { createMemory, refreshHistory } from '../../shared/app/history.ts';
import { needsOf } from '../../shared/app/needs.ts';
import { createAlertStore } from '../../shared/aws/alert-store.ts';
import { createLedgerStore } from '../../shared/aws/ledger-store.ts';
import type { Config } from '../../shared/config/model.ts';
import { evaluateBudget } from '../../shared/slo/budget.ts';
import { eventsOf } from '../../shared/slo/sources.ts';
import type { Fault } from './history.ts';
import { countsOf, judge, type Memory } from './model.ts';
import { createTable, type Item, type Table } from './table.ts';
import { type Event, hourMs, type Lived, location, minuteMs, type Row } from './world.ts';

/** Everything that must hold of what was lived through. Throws what does not. */
export async function checkLaws(config: Config, { events, table, endAt }: Lived): Promise<void> {
  const states = await statesOf(events);
  const decided = decidedIn(states);
  checkDecisions(config, events, states);
  checkAnnouncements(events, decided);
  await checkEnd(config, events, decided, { table, endAt });
  checkIncidents(states, decided, await incidentsIn(table));
}

type Stored = { readonly state: AlertState; readonly outbox: readonly string[] };
/** The state after each write of it, by the event of that write. */
type States = ReadonlyMap<Event, { readonly before: Stored; readonly after: Stored }>;

const nothing: Stored = { state: emptyAlertState, outbox: [] };

async function statesOf(events: readonly Event[]): Promise<States> {
  const states = new Map<Event, { before: Stored; after: Stored }>();
  let before = nothing;
  for (const event of events) {
    if (event.kind !== 'state') continue;
    const after = await load(event.items);
    states.set(event, { before, after });
    before = after;
  }
  return states;
}

async function load(items: ReadonlyMap<string, Item>): Promise<Stored> {
  const { state, outbox } = await createAlertStore(calm(createTable(items.values())), 'ledger').load();
  return { state, outbox: outbox.map(({ id }) => id) };
}

/** A client to which nothing happens. */
const calm = (table: Table) => table.clientOf(async ({ run }) => run().answer);

/** What the alerts' history says must have been told: each with its instant, and to whom. */
type Decided = {
  readonly key: string;
  readonly alertId: string;
  readonly kind: string;
  readonly channels: readonly string[];
  /** By which of the writes. */
  readonly write: number;
};

const keyOf = (kind: string, alertId: string, ...instants: readonly number[]): string =>
  [kind, alertId, ...instants].join(' ');

function decidedIn(states: States): readonly Decided[] {
  const heard = new Map<string, Set<string>>();
  return [...states.values()].flatMap(({ before, after }, write) =>
    changesOf(before.state, after.state, heard).map((change) => ({ ...change, write })),
  );
}

type Change = Omit<Decided, 'write'>;

function changesOf(before: AlertState, after: AlertState, heard: Map<string, Set<string>>): readonly Change[] {
  const decided: Change[] = [];
  const tell = (
    kind: string,
    alertId: string,
    instants: readonly number[],
    incident: string,
    who: readonly string[],
  ) => {
    const channels = [...new Set(who)].sort();
    heard.set(incident, new Set([...(heard.get(incident) ?? []), ...channels]));
    if (channels.length > 0) decided.push({ key: keyOf(kind, alertId, ...instants), kind, alertId, channels });
  };
  for (const [id, old] of Object.entries(before.alerts)) {
    const { firedAt, incidentId, heldBack, notify, escalatedTo = [] } = old;
    const goesOn = after.alerts[id]?.firedAt === firedAt;
    if (!goesOn && heldBack === undefined) tell('resolved', id, [firedAt], incidentId, [...notify, ...escalatedTo]);
  }
  for (const [id, alert] of Object.entries(after.alerts)) {
    const { firedAt, incidentId, notify, reminders = 0 } = alert;
    const old = before.alerts[id]?.firedAt === firedAt ? before.alerts[id] : undefined;
    const wasLoud = old !== undefined && old.heldBack === undefined;
    if (alert.heldBack === undefined && !wasLoud) tell('fired', id, [firedAt], incidentId, notify);
    const told = [...notify, ...(old?.escalatedTo ?? [])];
    if (reminders > (old?.reminders ?? 0)) tell('reminded', id, [firedAt, reminders], incidentId, told);
    if (alert.escalatedAt !== undefined && alert.escalatedAt !== old?.escalatedAt)
      tell('escalated', id, [firedAt], incidentId, alert.escalatedTo ?? []);
  }
  for (const { id, openedAt, acknowledgements = 0, acknowledged } of Object.values(after.incidents))
    if (acknowledgements > (before.incidents[id]?.acknowledgements ?? 0))
      tell('acknowledged', `incident/${id}`, [openedAt, acknowledged?.at ?? 0], id, [...(heard.get(id) ?? [])]);
  for (const { id, openedAt } of Object.values(before.incidents))
    if (after.incidents[id] === undefined) tell('closed', `incident/${id}`, [openedAt], id, [...(heard.get(id) ?? [])]);
  return decided;
}

/** Each write of an evaluation does what the model asks, or a part of it; an evaluation that ends well leaves nothing of it. */
function checkDecisions(config: Config, events: readonly Event[], states: States): void {
  let memory: Memory = { firing: new Map(), resolvedAt: new Map() };
  let [judgedAt, stored] = [0, nothing];
  const rows: Row[] = [];
  const open = new Map<number, Open>();
  for (const event of events) {
    if (event.kind === 'row') rows.push(event.row);
    if (event.kind === 'evaluation') open.set(event.by, { ...event, seen: new Map(), isAlone: true });
    const own = open.get(event.by);
    if (event.kind === 'read') own?.seen.set(event.hour, rows.length);
    if (event.kind === 'state') {
      const { before, after } = states.get(event) ?? { before: nothing, after: nothing };
      stored = after;
      for (const other of open.values()) if (other !== own) other.isAlone = false;
      if (own === undefined) {
        expectSame('what a hand leaves alone', Object.keys(after.state.alerts), Object.keys(before.state.alerts));
      } else if (after.state.version !== before.state.version) {
        if (own.now < judgedAt) throw new Error(`judged ${stamp(own.now)} after ${stamp(judgedAt)}`);
        judgedAt = own.now;
        memory = adopt(config, visible(rows, own), memory, own.now, { before: before.state, after: after.state });
      }
    }
    if (event.kind === 'ended' && own !== undefined) {
      open.delete(event.by);
      if (event.how === 'well' && own.isAlone && own.now >= judgedAt)
        checkComplete(config, visible(rows, own), memory, own, stored);
    }
    if (event.kind === 'metrics' && own !== undefined) checkMetrics(config, visible(rows, own), own.now, event.datums);
  }
}

type Open = {
  readonly now: number;
  readonly faults: readonly Fault[];
  readonly seen: Map<number, number>;
  isAlone: boolean;
};

/** The rows that were there when an evaluation read their hour; of hours that it did not read all. */
function visible(rows: readonly Row[], { seen }: Open): readonly Row[] {
  const limitOf = ({ at }: Row) => seen.get(Math.floor(at / hourMs)) ?? rows.length;
  return rows.filter((row, index) => index < limitOf(row));
}

/** One write of an evaluation: nothing that the model does not ask for, and each firing has an instant of its own. */
function adopt(
  config: Config,
  rows: readonly Row[],
  memory: Memory,
  now: number,
  { before, after }: { readonly before: AlertState; readonly after: AlertState },
): Memory {
  const wanted = judge(config, rows, memory, now);
  const isSame = (id: string) => before.alerts[id]?.firedAt === after.alerts[id]?.firedAt;
  const fired = Object.keys(after.alerts).filter((id) => !isSame(id));
  const resolved = Object.keys(before.alerts).filter((id) => !isSame(id));
  expectNone(
    `fired at ${stamp(now)}, and should not`,
    fired.filter((id) => !wanted.fires.has(id)),
  );
  expectNone(
    `resolved at ${stamp(now)}, and should not`,
    resolved.filter((id) => !wanted.resolves.has(id)),
  );
  const resolvedAt = new Map([...memory.resolvedAt, ...resolved.map((id) => [id, now] as const)]);
  const firing = new Map<string, { firedAt: number; clearSince?: number }>();
  for (const [id, { firedAt }] of Object.entries(after.alerts)) {
    const known = memory.firing.get(id);
    const isClear = wanted.clear.has(id) || (wanted.resolves.has(id) && !fired.includes(id));
    if (fired.includes(id)) expectSame(`when ${id} fired`, firedAt, Math.max(now, (resolvedAt.get(id) ?? -1) + 1));
    firing.set(id, { firedAt, ...(isClear && { clearSince: known?.clearSince ?? now }) });
  }
  return { firing, resolvedAt };
}

/** Nothing is left to be decided, nor to be sent; what may speak does. */
function checkComplete(
  config: Config,
  rows: readonly Row[],
  memory: Memory,
  own: Open,
  { state, outbox }: Stored,
): void {
  const left = judge(config, rows, memory, own.now);
  const mostWaiting = 100;
  if (outbox.length > mostWaiting) return;
  expectNone(`not fired by ${stamp(own.now)}`, [...left.fires]);
  expectNone(`not resolved by ${stamp(own.now)}`, [...left.resolves]);
  const isClear = (id: string) => memory.firing.get(id)?.clearSince !== undefined;
  expectSame(`clear at ${stamp(own.now)}`, [...left.clear].sort(), [...memory.firing.keys()].filter(isClear).sort());
  // A message that was not taken fails the evaluation; what costs much time leaves messages to the next one.
  if (own.faults.every(({ port, nth }) => port === 'write' && nth !== 'every'))
    expectNone(`left in the outbox at ${stamp(own.now)}`, outbox);
  for (const [id, { severity, heldBack }] of Object.entries(state.alerts)) {
    const isSilent = Object.values(state.silences ?? {}).some(
      ({ alerts, untilAt }) => own.now < untilAt && alerts.some((each) => id.startsWith(each)),
    );
    const slo = /^slo\/[^/]+\//.exec(id)?.[0];
    const isUnderPage =
      severity === 'ticket' &&
      slo !== undefined &&
      Object.entries(state.alerts).some(
        ([other, alert]) => other.startsWith(slo) && alert.severity === 'page' && alert.heldBack === undefined,
      );
    if (heldBack !== undefined && !isSilent && !isUnderPage && !left.clear.has(id))
      throw new Error(`${id} says nothing at ${stamp(own.now)}, and nothing holds it back`);
  }
}

function checkMetrics(
  config: Config,
  rows: readonly Row[],
  now: number,
  datums: readonly { name: string; dimensions: Readonly<Record<string, string>>; value?: number }[],
) {
  for (const { name, dimensions, value } of datums) {
    const slo = config.slos.find(({ id }) => id === dimensions['Slo']);
    if (slo === undefined || name !== 'ErrorBudgetLeft') continue;
    const { bad, expected } = countsOf(slo, rows, slo.windowMs, now);
    const spent = Math.ceil((bad * 1e12) / (expected * (1e6 - slo.objectivePpm)));
    expectSame(`the budget of ${slo.id} at ${stamp(now)}`, value, (1e6 - spent) / 1e4);
  }
}

/** Told at least once, each under one id, to everyone whom it concerns; nothing else; and in the order in which it happened. */
function checkAnnouncements(events: readonly Event[], decided: readonly Decided[]): void {
  const announced = new Map<string, { ids: Set<string>; channels: Set<string> }>();
  const keys = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.kind !== 'announced') continue;
    const { transitions } = event.message.json as unknown as { transitions: readonly Told[] };
    for (const told of transitions) {
      const key = keyOfTold(told);
      const mine = announced.get(key) ?? { ids: new Set(), channels: new Set() };
      announced.set(key, mine);
      mine.ids.add(told.id);
      for (const channel of event.message.channels) mine.channels.add(channel);
      keys.set(told.id, (keys.get(told.id) ?? new Set()).add(key));
    }
  }
  expectNone('decided twice', doubles(decided.map(({ key }) => key)));
  expectNone(
    'never announced',
    decided.filter(({ key }) => !announced.has(key)).map(({ key }) => key),
  );
  const known = new Map(decided.map((each) => [each.key, each]));
  expectNone(
    'announced and never decided',
    [...announced.keys()].filter((key) => !known.has(key)),
  );
  expectNone(
    'announced under two ids',
    [...announced].filter(([, { ids }]) => ids.size !== 1).map(([key]) => key),
  );
  expectNone(
    'one id of two',
    [...keys].filter(([, mine]) => mine.size !== 1).map(([id]) => id),
  );
  for (const [key, { channels }] of announced)
    expectSame(`the channels of ${key}`, [...channels].sort(), known.get(key)?.channels);
  for (const mine of Map.groupBy(announced.keys(), (key) => known.get(key)?.alertId).values()) {
    const writes = mine.map((key) => known.get(key)?.write ?? 0);
    expectSame(
      `the order of ${mine}`,
      writes,
      [...writes].sort((a, b) => a - b),
    );
    const ends = mine.flatMap((key) => /^(fired|resolved) /.exec(key)?.[1] ?? []);
    expectSame(
      'beginnings and ends',
      ends,
      ends.map((_, index) => (index % 2 === 0 ? 'fired' : 'resolved')),
    );
  }
}

type Told = {
  readonly id: string;
  readonly kind: string;
  readonly alert: string;
  readonly at: number;
  readonly firedAt: number;
  readonly reminder?: number;
};

function keyOfTold({ kind, alert, at, firedAt, reminder }: Told): string {
  const which = kind === 'acknowledged' ? [at] : reminder === undefined ? [] : [reminder];
  return keyOf(kind, alert, firedAt, ...which);
}

/** Once it has been calm: nothing fires, nothing waits, and what was counted is what was written. */
async function checkEnd(
  config: Config,
  events: readonly Event[],
  decided: readonly Decided[],
  { table, endAt }: Pick<Lived, 'table' | 'endAt'>,
) {
  const { state, outbox } = await load(new Map(table.partition('alerts')));
  expectNone('still fires', Object.keys(state.alerts));
  expectNone('still open', Object.keys(state.incidents));
  expectNone('still in the outbox', outbox);
  const last = new Map(decided.map(({ alertId, kind }) => [alertId, kind]));
  expectNone(
    'never told to be over',
    [...last].filter(([, kind]) => kind !== 'resolved' && kind !== 'closed').map(([id]) => id),
  );
  const rows = events.flatMap((event) => (event.kind === 'row' ? [event.row] : []));
  const written = new Map(events.flatMap((event) => (event.kind === 'row' ? [[event.by, event.row] as const] : [])));
  for (const event of events)
    if (event.kind === 'probed')
      expectSame(`tick ${event.by}`, event.saved, written.has(event.by) ? 'saved' : 'duplicate');
  const ledger = createLedgerStore(calm(table), 'ledger');
  const needs = { ...needsOf(config.slos, endAt), isSaving: false };
  const history = await refreshHistory(createMemory(), { ledger, location, config }, needs, endAt);
  for (const slo of config.slos)
    for (const windowMs of [20 * minuteMs, 60 * minuteMs, slo.windowMs]) {
      const events = eventsOf(slo, { ...config, history, counted: new Map() }, endAt);
      if (events === undefined) throw new Error(`nobody knows how ${slo.id} stands`);
      const { good, bad, unjudged, maintenance, expected } = evaluateBudget({ ...slo, windowMs }, events, endAt);
      const counts = { good, bad, unjudged, maintenance, expected, missing: expected - good - bad - unjudged };
      expectSame(`${slo.id} over ${windowMs / minuteMs} min`, counts, countsOf(slo, rows, windowMs, endAt));
    }
}

/** Every incident that opened is archived, with everything that fired in it and everybody who was told. */
function checkIncidents(states: States, decided: readonly Decided[], archived: readonly Incident[]): void {
  const members = new Map<string, Set<string>>();
  for (const { after } of states.values())
    for (const [id, { incidentId, firedAt }] of Object.entries(after.state.alerts))
      members.set(incidentId, (members.get(incidentId) ?? new Set()).add(`${id} ${firedAt}`));
  expectSame('the archived incidents', archived.map(({ id }) => id).sort(), [...members.keys()].sort());
  const closing = new Map(
    decided.flatMap(({ kind, alertId, channels }) => (kind === 'closed' ? [[alertId, channels] as const] : [])),
  );
  for (const { id, openedAt, closedAt, alerts, told = [] } of archived) {
    const names = alerts.map(({ alertId, firedAt }) => `${alertId} ${firedAt}`);
    expectSame(`what fired in ${id}`, names.sort(), [...(members.get(id) ?? [])].sort());
    expectSame(
      `the end of ${id}`,
      closedAt,
      Math.max(openedAt, ...alerts.map(({ resolvedAt }) => resolvedAt ?? Number.NaN)),
    );
    expectSame(`who was told of ${id}`, told, closing.get(`incident/${id}`) ?? []);
  }
}

async function incidentsIn(table: Table): Promise<readonly Incident[]> {
  return createAlertStore(calm(table), 'ledger').loadIncidents(1_000);
}

const stamp = (at: number): string => new Date(at).toISOString().slice(11, 19);

function doubles(keys: readonly string[]): readonly string[] {
  return keys.filter((key, index) => keys.indexOf(key) !== index);
}

function expectNone(what: string, found: readonly string[]): void {
  if (found.length > 0) throw new Error(`${what}: ${found.slice(0, 5).join(', ')}`);
}

function expectSame(what: string, found: unknown, wanted: unknown): void {
  const [a, b] = [JSON.stringify(found), JSON.stringify(wanted)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}
