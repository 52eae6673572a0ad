import { newerFormat } from '../config/format.ts';
import type { ErrorType, Outcome } from '../config/model.ts';
import { corrupt } from './bytes.ts';
import type { TickOutcome } from './model.ts';

export { decodeDetails, encodeDetails } from './detail-codec.ts';
export {
  decodeDay,
  decodeHour,
  encodeDay,
  encodeDayParts,
  encodeHour,
  encodeHourParts,
} from './rollup-codec.ts';

const version = 1;
const outcomeBytes = 8;
/** A DynamoDB item ends at 400 KB; a tick of a shard holds 100 outcomes at most, 801 bytes. */
const mostOutcomes = 44_000;

/** The numbers are what the ledger holds: one is never given to another word. */
const outcomeCodes: Readonly<Record<Outcome, number>> = { passed: 0, degraded: 1, failed: 2, unknown: 3, blocked: 4 };
const errorTypeCodes: Readonly<Record<ErrorType, number>> = {
  resolve: 1,
  connect: 2,
  tls: 3,
  timeout: 4,
  protocol: 5,
  redirect: 6,
  body: 7,
  assertion: 8,
  blocked: 9,
  monitor: 10,
};
const maintenanceBit = 0x08;
const retriedBit = 0x10;
const contaminatedBit = 0x20;
const repeatBit = 0x40;
const reservedBits = 0x80;

/** Up to here a step of latency is 0.1 ms, above it 2 ms; the last code says that nothing was measured. */
const coarseCode = 0x8000;
const noLatencyCode = 0xffff;
const fineEndMs = 3276.8;

/**
 * The outcomes of one tick as bytes: a version, then eight bytes each: the monitor's key (uint32), outcome and flags,
 * error type, latency (uint16: 0.1 ms steps below 3,276.8 ms, then 2 ms steps up to 68.8 s, where it stays). A latency
 * that is no number, or negative, is kept as none. Throws BURN_LEDGER_CORRUPT for a key that is no uint32.
 */
export function encodeTick(outcomes: readonly TickOutcome[]): Uint8Array {
  if (outcomes.length > mostOutcomes) throw corrupt(`a tick of ${outcomes.length} outcomes, more than ${mostOutcomes}`);
  const bytes = new Uint8Array(1 + outcomes.length * outcomeBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, version);
  outcomes.forEach((outcome, index) => {
    const at = 1 + index * outcomeBytes;
    view.setUint32(at, keyOf(outcome));
    view.setUint8(at + 4, outcomeCodes[outcome.outcome] | flagsOf(outcome));
    view.setUint8(at + 5, outcome.errorType === undefined ? 0 : errorTypeCodes[outcome.errorType]);
    view.setUint16(at + 6, latencyCode(outcome.latencyMs));
  });
  return bytes;
}

/**
 * The inverse of `encodeTick`. Throws BURN_LEDGER_CORRUPT for an unknown length or value, BURN_FORMAT_NEWER for a version that is yet
 * to come.
 */
export function decodeTick(bytes: Uint8Array): TickOutcome[] {
  if ((bytes[0] ?? 0) > version) throw newerFormat('a tick', bytes[0] ?? 0, version);
  if (bytes[0] !== version) throw corrupt(`a tick of version ${bytes[0] ?? 'none'}, known is ${version}`);
  if ((bytes.length - 1) % outcomeBytes !== 0) throw corrupt(`a tick of ${bytes.length} bytes is cut or padded`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const count = (bytes.length - 1) / outcomeBytes;
  return Array.from({ length: count }, (_, index) => decodeOutcome(view, 1 + index * outcomeBytes));
}

function decodeOutcome(view: DataView, at: number): TickOutcome {
  const flags = view.getUint8(at + 4);
  if ((flags & reservedBits) !== 0) throw corrupt(`an outcome with unknown flags ${flags}`);
  const outcome = outcomeNames.get(flags & 0x07);
  if (outcome === undefined) throw corrupt(`an outcome of unknown kind ${flags & 0x07}`);
  const errorCode = view.getUint8(at + 5);
  const errorType = errorTypeNames.get(errorCode);
  if (errorType === undefined && errorCode !== 0) throw corrupt(`an outcome with unknown error type ${errorCode}`);
  const latencyMs = latencyOf(view.getUint16(at + 6));
  return {
    monitorKey: view.getUint32(at),
    outcome,
    ...(errorType === undefined ? {} : { errorType }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    isMaintenance: (flags & maintenanceBit) !== 0,
    isRetried: (flags & retriedBit) !== 0,
    isContaminated: (flags & contaminatedBit) !== 0,
    ...((flags & repeatBit) === 0 ? {} : { isRepeat: true }),
  };
}

const outcomeNames = namesOf(outcomeCodes);
const errorTypeNames = namesOf(errorTypeCodes);

function namesOf<Name extends string>(codes: Readonly<Record<Name, number>>): ReadonlyMap<number, Name> {
  return new Map((Object.entries(codes) as [Name, number][]).map(([name, code]) => [code, name]));
}

function keyOf({ monitorKey }: TickOutcome): number {
  if (!Number.isInteger(monitorKey) || monitorKey < 0 || monitorKey > 0xffff_ffff) {
    throw corrupt(`a monitor's key is a uint32, got ${monitorKey}`);
  }
  return monitorKey;
}

const flagsOf = (outcome: TickOutcome): number =>
  (outcome.isMaintenance ? maintenanceBit : 0) |
  (outcome.isRetried ? retriedBit : 0) |
  (outcome.isContaminated ? contaminatedBit : 0) |
  (outcome.isRepeat ? repeatBit : 0);

function latencyCode(latencyMs: number | undefined): number {
  if (latencyMs === undefined || !(latencyMs >= 0)) return noLatencyCode;
  const fine = Math.round(latencyMs * 10);
  if (fine < coarseCode) return fine;
  return Math.min(noLatencyCode - 1, coarseCode + Math.round((latencyMs - fineEndMs) / 2));
}

function latencyOf(code: number): number | undefined {
  if (code === noLatencyCode) return undefined;
  return code < coarseCode ? code / 10 : (Math.round(fineEndMs * 10) + (code - coarseCode) * 20) / 10;
}
