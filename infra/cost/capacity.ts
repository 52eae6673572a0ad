import { encodeDay, encodeHour, encodeTick } from '../../shared/ledger/codec.ts';
import { type Counts, noCounts } from '../../shared/ledger/model.ts';

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/capacity-mode.html: a write is by the KB, a strong read by 4 KB. */
export const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1_024));
export const readUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 4_096));
/** A query that need not be strong costs half. */
export const weakReadUnits = (bytes: number): number => readUnits(bytes) / 2;

/** The bytes of an item: those of its attributes and of their names. A number takes a byte, and one for two digits. */
export function itemBytes(attributes: Readonly<Record<string, string | number | Uint8Array>>): number {
  return Object.entries(attributes).reduce((sum, [name, value]) => sum + name.length + valueBytes(value), 0);
}

function valueBytes(value: string | number | Uint8Array): number {
  if (typeof value === 'number') return 1 + Math.ceil(String(value).length / 2);
  return typeof value === 'string' ? Buffer.byteLength(value) : value.length;
}

const expiresAt = 1_800_000_000;
const id = '00000000-0000-4000-8000-000000000000';

/** A row of the ledger with so many outcomes, all of them good. */
export function tickBytes(location: string, shard: string, outcomes: number): number {
  const data = new Uint8Array(emptyTick + outcomes * outcomeBytes);
  return itemBytes({ pk: `tick#${location}#2026-11-26T18`, sk: `18:10#${shard}`, data, expiresAt, id });
}
const emptyTick = encodeTick([]).length;
const outcomeBytes =
  encodeTick([{ monitorKey: 1, outcome: 'passed', isMaintenance: false, isRetried: false, isContaminated: false }])
    .length - emptyTick;

/** The counts of an hour, and of a day, of series that are probed so often in an hour, each of them calm. */
export function hourBytes(location: string, perHour: readonly number[]): number {
  const start = itemBytes({ pk: `hour#${location}#2026-11-26`, sk: '18', data: emptyHour(location), expiresAt });
  return perHour.reduce((sum, count) => sum + seriesBytes(location, count).hour, start);
}

export function dayBytes(location: string, perHour: readonly number[]): number {
  const start = itemBytes({ pk: `day#${location}`, sk: '2026-11-26', data: emptyHour(location), expiresAt });
  return perHour.reduce((sum, count) => sum + seriesBytes(location, count).day, start);
}

const at = Date.UTC(2026, 10, 26);
const emptyHour = (location: string) => encodeHour({ location, hourAt: at, monitors: new Map() });
const known = new Map<string, { readonly hour: number; readonly day: number }>();

function seriesBytes(location: string, perHour: number): { readonly hour: number; readonly day: number } {
  const key = `${location} ${perHour}`;
  const bytes = known.get(key) ?? measureSeries(location, perHour);
  known.set(key, bytes);
  return bytes;
}

function measureSeries(location: string, perHour: number): { readonly hour: number; readonly day: number } {
  const minutes = Array.from({ length: 60 }, (_, minute): Counts => {
    const passed = Math.floor(((minute + 1) * perHour) / 60) - Math.floor((minute * perHour) / 60);
    return { ...noCounts, passed };
  });
  const day = { location, dayAt: at, monitors: new Map([[1, { ...noCounts, passed: Math.round(perHour * 24) }]]) };
  return {
    hour: encodeHour({ location, hourAt: at, monitors: new Map([[1, minutes]]) }).length - emptyHour(location).length,
    day: encodeDay(day).length - encodeDay({ location, dayAt: at, monitors: new Map() }).length,
  };
}
