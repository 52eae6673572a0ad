import { newerFormat } from '../config/format.ts';
import { type ByteReader, type ByteWriter, corrupt, readBytes, writeBytes } from './bytes.ts';
import { isEmpty } from './counts.ts';
import { dayMs, hourMs } from './keys.ts';
import { type Counts, type DayRollup, type HourRollup, noCounts } from './model.ts';

const version = 1;
/** A DynamoDB item ends at 400 KB, its keys and other attributes included. */
const mostBytes = 350 * 1024;
const minutes = 60;
/** Every second, third, … minute: what divides an hour, so that a monitor's interval shows as one long run. */
const strides = [1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30] as const;
/** The minutes of an hour by stride. */
const orders: ReadonlyMap<number, readonly number[]> = new Map(strides.map((stride) => [stride, minuteOrder(stride)]));
const kinds = ['passed', 'degraded', 'failed', 'unjudged', 'maintenance'] as const;

/**
 * An hour as bytes: version, location, hours since 1970, then per monitor its key and runs of equal minutes, in the
 * order (stride, then next start) that takes the fewest bytes. A monitor that is calm takes about a dozen bytes
 * whatever its interval. Throws BURN_LEDGER_CORRUPT above 350 KB, with the number.
 */
export function encodeHour(rollup: HourRollup): Uint8Array {
  const writer = begin('an hour', rollup.location, rollup.hourAt / hourMs);
  for (const [key, counts] of byKey(rollup.monitors)) {
    writer.uint32(key);
    writer.bytes(encodeShortest(counts));
  }
  return writer.done();
}

/** The inverse of `encodeHour`. Throws BURN_FORMAT_NEWER for a version that is yet to come, BURN_LEDGER_CORRUPT for anything else. */
export function decodeHour(bytes: Uint8Array): HourRollup {
  const { reader, location, start } = open('an hour', bytes);
  const shared = new Map<string, readonly Counts[]>();
  const monitors = readMonitors(reader, bytes.length, () => {
    const from = reader.offset();
    const runs = readRuns(reader);
    // Calm monitors are alike: their minutes are made and kept once.
    const text = String.fromCharCode(...bytes.subarray(from, reader.offset()));
    const found = shared.get(text) ?? minutesOf(runs);
    shared.set(text, found);
    return found;
  });
  return { location, hourAt: start * hourMs, monitors };
}

/** A day as bytes: version, location, days since 1970, then per monitor its key and counts. Throws above 350 KB. */
export function encodeDay(rollup: DayRollup): Uint8Array {
  const writer = begin('a day', rollup.location, rollup.dayAt / dayMs);
  for (const [key, counts] of byKey(rollup.monitors)) {
    writer.uint32(key);
    writeCounts(writer, counts);
  }
  return writer.done();
}

/** The inverse of `encodeDay`. Throws as `decodeHour` does. */
export function decodeDay(bytes: Uint8Array): DayRollup {
  const { reader, location, start } = open('a day', bytes);
  return { location, dayAt: start * dayMs, monitors: readMonitors(reader, bytes.length, () => readCounts(reader)) };
}

/** An hour in as many parts as items of DynamoDB hold, one where it fits: each is an hour of some of its monitors. */
export function encodeHourParts(rollup: HourRollup): readonly Uint8Array[] {
  const header = begin('an hour', rollup.location, rollup.hourAt / hourMs).done();
  return inParts(header, rollup.monitors, (writer, counts) => writer.bytes(encodeShortest(counts)));
}

/** The same of a day. */
export function encodeDayParts(rollup: DayRollup): readonly Uint8Array[] {
  const header = begin('a day', rollup.location, rollup.dayAt / dayMs).done();
  return inParts(header, rollup.monitors, writeCounts);
}

function inParts<Value>(
  header: Uint8Array,
  monitors: ReadonlyMap<number, Value>,
  write: (writer: ByteWriter, value: Value) => void,
): readonly Uint8Array[] {
  let part: Uint8Array[] = [header];
  let size = header.length;
  const parts = [part];
  for (const [key, value] of byKey(monitors)) {
    const writer = writeBytes('a monitor', mostBytes);
    writer.uint32(key);
    write(writer, value);
    const bytes = writer.done();
    if (size + bytes.length > mostBytes) {
      part = [header];
      size = header.length;
      parts.push(part);
    }
    part.push(bytes);
    size += bytes.length;
  }
  return parts.map(joined);
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

function begin(what: string, location: string, start: number): ByteWriter {
  const writer = writeBytes(what, mostBytes);
  const name = new TextEncoder().encode(location);
  if (name.length > 255) throw corrupt(`${what} of a location with a name of ${name.length} bytes`);
  writer.byte(version);
  writer.byte(name.length);
  writer.bytes(name);
  writer.varint(start);
  return writer;
}

function open(what: string, bytes: Uint8Array): { reader: ByteReader; location: string; start: number } {
  const reader = readBytes(what, bytes);
  const found = reader.byte();
  if (found > version) throw newerFormat(what, found, version);
  if (found !== version) throw corrupt(`${what} of version ${found}, known is ${version}`);
  const location = new TextDecoder().decode(reader.bytes(reader.byte()));
  return { reader, location, start: reader.varint() };
}

/** Monitors follow each other until the bytes end, their keys rising. */
function readMonitors<Value>(reader: ByteReader, endsAt: number, read: () => Value): Map<number, Value> {
  const monitors = new Map<number, Value>();
  for (let last = -1; reader.offset() < endsAt; ) {
    const key = reader.uint32();
    if (key <= last) throw corrupt(`a rollup whose monitors are out of order at ${key}`);
    monitors.set(key, read());
    last = key;
  }
  return monitors;
}

function encodeShortest(counts: readonly Counts[]): Uint8Array {
  const [first = 1, ...others] = strides;
  const inOrder = encodeMinutes(counts, first);
  // Most monitors are calm: minutes that are all alike are one run, as short as it gets.
  const isOneRun = inOrder[1] === minutes;
  return isOneRun ? inOrder : others.map((stride) => encodeMinutes(counts, stride)).reduce(shorter, inOrder);
}

const shorter = (a: Uint8Array, b: Uint8Array): Uint8Array => (b.length < a.length ? b : a);

function encodeMinutes(counts: readonly Counts[], stride: number): Uint8Array {
  const writer = writeBytes('a monitor', mostBytes);
  writer.byte(stride);
  const order = (orders.get(stride) ?? []).map((minute) => counts[minute] ?? noCounts);
  for (let from = 0, to = 0; from < minutes; from = to) {
    const value = order[from] ?? noCounts;
    while (to < minutes && isSame(order[to] ?? noCounts, value)) to += 1;
    writer.byte(to - from);
    writeCounts(writer, value);
  }
  return writer.done();
}

/** Equal counts for so many minutes, in the order that the stride gives them. */
type Runs = { readonly stride: number; readonly values: readonly (readonly [length: number, counts: Counts])[] };

function readRuns(reader: ByteReader): Runs {
  const stride = reader.byte();
  if (!orders.has(stride)) throw corrupt(`an hour with the unknown stride ${stride}`);
  const values: [number, Counts][] = [];
  for (let from = 0; from < minutes; ) {
    const length = reader.byte();
    if (length === 0 || from + length > minutes) throw corrupt(`an hour with a run of ${length} minutes after ${from}`);
    values.push([length, readCounts(reader)]);
    from += length;
  }
  return { stride, values };
}

function minutesOf({ stride, values }: Runs): readonly Counts[] {
  const inOrder = values.flatMap(([length, counts]) => Array.from({ length }, () => counts));
  const found = Array.from({ length: minutes }, () => noCounts);
  orders.get(stride)?.forEach((minute, index) => {
    found[minute] = inOrder[index] ?? noCounts;
  });
  return found;
}

/** The minutes of an hour, every `stride`-th one first. */
function minuteOrder(stride: number): readonly number[] {
  const all = Array.from({ length: minutes }, (_, minute) => minute);
  return all.sort((a, b) => (a % stride) - (b % stride) || a - b);
}

/** Which kinds there are, one bit each, then their counts. */
function writeCounts(writer: ByteWriter, counts: Counts): void {
  writer.byte(kinds.reduce((mask, kind, bit) => mask | (counts[kind] === 0 ? 0 : 1 << bit), 0));
  for (const kind of kinds) if (counts[kind] !== 0) writer.varint(counts[kind]);
}

function readCounts(reader: ByteReader): Counts {
  const mask = reader.byte();
  if (mask >= 1 << kinds.length) throw corrupt(`counts of unknown kinds ${mask}`);
  const read = (_: string, bit: number) => ((mask & (1 << bit)) === 0 ? 0 : reader.varint());
  const [passed = 0, degraded = 0, failed = 0, unjudged = 0, maintenance = 0] = kinds.map(read);
  const counts = { passed, degraded, failed, unjudged, maintenance };
  return isEmpty(counts) ? noCounts : counts;
}

const isSame = (a: Counts, b: Counts): boolean => kinds.every((kind) => a[kind] === b[kind]);

const byKey = <Value>(monitors: ReadonlyMap<number, Value>): [number, Value][] =>
  [...monitors].sort(([a], [b]) => a - b);
