/** RFC 9113 §6 */
export const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  push: 5,
  ping: 6,
  goAway: 7,
  window: 8,
  continuation: 9,
  altSvc: 10,
};
export const endStream = 1;
export const endHeaders = 4;
export const padded = 8;

export function frame(type: number, flags: number, stream: number, body: Buffer | string = ''): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(body as string, 'latin1');
  const head = Buffer.alloc(9);
  head.writeUIntBE(bytes.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, bytes]);
}

/** A header field, not indexed (RFC 7541 §6.2.2). */
export function field(name: string, value: string): Buffer<ArrayBuffer> {
  return Buffer.concat([Buffer.of(0), text(name), text(value)]);
}

export function text(value: string): Buffer<ArrayBuffer> {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 127) return Buffer.concat([Buffer.of(bytes.length), bytes]);
  const length = [127];
  let left = bytes.length - 127;
  for (; left >= 128; left = Math.floor(left / 128)) length.push((left % 128) | 128);
  return Buffer.concat([Buffer.of(...length, left), bytes]);
}
