/** Frames of HTTP/2 (RFC 9113 §4) and its header blocks (RFC 7541), for servers that misbehave. */
export const frameTypes = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goaway: 7,
  window: 8,
  continuation: 9,
} as const;
export const endStream = 1;
export const endHeaders = 4;

export function frame(
  type: keyof typeof frameTypes,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = frameTypes[type];
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export const settings = frame('settings', 0, 0);
/** `:status: 200`, by the static table. */
export const status200 = Buffer.from([0x88]);

/** A header as it is, without indexing or compression (RFC 7541 §6.2.2). */
export function header(name: string, value: string): Buffer {
  return Buffer.concat([Buffer.from([0]), text(name), text(value)]);
}

export function uint32(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, 4 * index);
  return bytes;
}

/** A header block in frames of 16,000 bytes at most. */
export function headerFrames(stream: number, block: Buffer, flags = 0): Buffer {
  const frames: Buffer[] = [];
  for (let at = 0; at < block.length; at += 16_000) {
    const isLast = at + 16_000 >= block.length;
    const type = at === 0 ? 'headers' : 'continuation';
    frames.push(
      frame(type, (at === 0 ? flags : 0) | (isLast ? endHeaders : 0), stream, block.subarray(at, at + 16_000)),
    );
  }
  return Buffer.concat(frames);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from(integer(bytes.length)), bytes]);
}

/** An integer in seven bits and more (RFC 7541 §5.1). */
function integer(value: number): readonly number[] {
  if (value < 127) return [value];
  const bytes = [127];
  let left = value - 127;
  for (; left > 127; left >>= 7) bytes.push((left & 127) | 128);
  return [...bytes, left];
}
