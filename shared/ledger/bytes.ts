import { BurnwatchError } from '../config/model.ts';

/** A ledger value that cannot be read or written: BURN_LEDGER_CORRUPT. */
export const corrupt = (message: string): BurnwatchError => new BurnwatchError('BURN_LEDGER_CORRUPT', message);

/** Writes bytes one after the other; throws BURN_LEDGER_CORRUPT past `capBytes`, with the number reached. */
export type ByteWriter = {
  byte(value: number): void;
  uint32(value: number): void;
  /** A non-negative integer below 2^53, seven bits a byte, the lowest first (LEB128). */
  varint(value: number): void;
  bytes(value: Uint8Array): void;
  done(): Uint8Array;
};

export function writeBytes(what: string, capBytes: number): ByteWriter {
  const found: number[] = [];
  const byte = (value: number) => {
    found.push(value);
  };
  return {
    byte,
    uint32: (value) => {
      if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) throw corrupt(`${value} is no uint32`);
      for (const shift of [24, 16, 8, 0]) byte((value >>> shift) & 0xff);
    },
    varint: (value) => {
      if (!Number.isSafeInteger(value) || value < 0) throw corrupt(`${value} is no count`);
      let rest = value;
      for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) byte((rest % 0x80) | 0x80);
      byte(rest);
    },
    bytes: (value) => {
      for (const one of value) byte(one);
    },
    done: () => {
      if (found.length > capBytes) throw corrupt(`${what} takes ${found.length} bytes, more than ${capBytes}`);
      return Uint8Array.from(found);
    },
  };
}

/** Reads what a ByteWriter wrote; every reader throws BURN_LEDGER_CORRUPT when the bytes end too early. */
export type ByteReader = {
  byte(): number;
  uint32(): number;
  varint(): number;
  bytes(length: number): Uint8Array;
  /** Where the next byte lies. */
  offset(): number;
};

export function readBytes(what: string, source: Uint8Array): ByteReader {
  let at = 0;
  const byte = () => {
    const value = source[at];
    if (value === undefined) throw corrupt(`${what} ends after ${source.length} bytes, in the middle of a value`);
    at += 1;
    return value;
  };
  return {
    byte,
    uint32: () => [byte(), byte(), byte(), byte()].reduce((sum, value) => sum * 256 + value, 0),
    varint: () => {
      let [value, scale] = [0, 1];
      for (let next = 0x80; next >= 0x80; scale *= 0x80) {
        next = byte();
        value += (next & 0x7f) * scale;
        if (!Number.isSafeInteger(value)) throw corrupt(`${what} holds a count above 2^53`);
      }
      return value;
    },
    bytes: (length) => Uint8Array.from({ length }, byte),
    offset: () => at,
  };
}
