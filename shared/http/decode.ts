import type { ZlibOptions, ZstdOptions } from 'node:zlib';
import { codeOf } from '../net/error.ts';

export type DecodedBody = { readonly body: Buffer; readonly bodyProblem?: string };

/** Loaded when a target encodes its answer: by default it is asked not to. */
const loadZlib = () => process.getBuiltinModule('node:zlib');

/** Nobody encodes more than twice in good faith. */
const codingsLimit = 3;
/** The largest window of zstd over HTTP, 8 MiB (RFC 9659 §3): a frame may ask for 128 MiB of memory otherwise. */
const zstdWindowLog = 23;

/**
 * Takes the codings of a `content-encoding` off, the last one first, each never past `limit` bytes. What cannot be decoded
 * is kept as it came, with the problem beside it; never rejects. Works on zlib's threads, not on the event loop.
 */
export async function decodeBody(body: Buffer, encoding: string | undefined, limit: number): Promise<DecodedBody> {
  const codings = codingsOf(encoding);
  if (codings.length === 0 || body.length === 0) return { body };
  if (codings.length > codingsLimit) {
    return { body, bodyProblem: `the body is encoded ${codings.length} times; at most ${codingsLimit} are taken off` };
  }
  let decoded = body;
  for (const coding of codings.toReversed()) {
    const step = await decodeOnce(decoded, coding, limit);
    if (step.bodyProblem !== undefined) return { body, bodyProblem: step.bodyProblem };
    decoded = step.body;
  }
  return { body: decoded };
}

function codingsOf(encoding = ''): readonly string[] {
  const names = encoding.split(',').map((each) => each.trim());
  return names.filter((name) => name !== '' && name.toLowerCase() !== 'identity');
}

async function decodeOnce(body: Buffer, coding: string, limit: number): Promise<DecodedBody> {
  const decode = decoderOf(coding.toLowerCase(), body);
  if (!decode) return { body, bodyProblem: `the body is encoded ${nameOf(coding)}, which is not understood` };
  try {
    return { body: await decode(body, limit) };
  } catch (error) {
    const isTooLong = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    const why = isTooLong ? `is longer than ${limit} bytes once decoded` : `is no valid ${coding.toLowerCase()}`;
    return { body, bodyProblem: `the body ${why}` };
  }
}

/** In the target's own letters, and only where it can be a name: secrets are recognised as they were sent. */
const nameOf = (coding: string) => (/^[a-z][\w-]{0,15}$/i.test(coding) ? `as ${coding}` : 'in a way');

type Decode = (body: Buffer, limit: number) => Promise<Buffer>;
type Options = ZlibOptions & ZstdOptions;
type OneShot = (body: Buffer, options: Options, done: (error: Error | null, decoded: Buffer) => void) => void;

function decoderOf(coding: string, body: Buffer): Decode | undefined {
  const zlib = loadZlib();
  switch (coding) {
    case 'gzip':
    case 'x-gzip':
      return within(zlib.gunzip);
    case 'deflate':
      return within(hasZlibHeader(body) ? zlib.inflate : zlib.inflateRaw);
    case 'br':
      return within(zlib.brotliDecompress);
    case 'zstd':
      return within(zlib.zstdDecompress, { params: { [zlib.constants.ZSTD_d_windowLogMax]: zstdWindowLog } });
    default:
      return undefined;
  }
}

function within(decode: OneShot, options: Options = {}): Decode {
  return (body, limit) =>
    new Promise((resolve, reject) => {
      const done = (error: Error | null, decoded: Buffer) => (error ? reject(error) : resolve(decoded));
      decode(body, { ...options, maxOutputLength: limit }, done);
    });
}

/** `deflate` is the zlib format (RFC 9110 §8.4.1.2), which some servers leave out (RFC 1950 §2.2 tells them apart). */
function hasZlibHeader([method = 0, flags = 0]: Buffer): boolean {
  return (method & 15) === 8 && ((method << 8) | flags) % 31 === 0;
}
