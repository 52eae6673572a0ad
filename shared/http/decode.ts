import { promisify } from 'node:util';
import { codeOf } from '../net/error.ts';

export type DecodedBody = { readonly body: Buffer; readonly bodyProblem?: string };

/** Loaded when a target encodes its answer although it was asked not to. */
const loadZlib = () => process.getBuiltinModule('node:zlib');

/**
 * Takes a content encoding off, never past `limit` bytes. What cannot be decoded is kept as it came, with the problem
 * beside it; never rejects.
 */
export async function decodeBody(body: Buffer, encoding: string | undefined, limit: number): Promise<DecodedBody> {
  const name = encoding?.toLowerCase() ?? 'identity';
  if (name === 'identity' || name === '' || body.length === 0) return { body };
  const decode = decoderOf(name);
  if (!decode) return { body, bodyProblem: `the body is encoded as ${name.slice(0, 40)}, which is not understood` };
  try {
    return { body: await decode(body, { maxOutputLength: limit }) };
  } catch (error) {
    const isTooLong = codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
    const why = isTooLong ? `is longer than ${limit} bytes once decoded` : `is no valid ${name}`;
    return { body, bodyProblem: `the body ${why}` };
  }
}

type Decode = (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

function decoderOf(name: string): Decode | undefined {
  const zlib = loadZlib();
  switch (name) {
    case 'gzip':
    case 'x-gzip':
      return promisify(zlib.gunzip);
    case 'deflate':
      return promisify(zlib.inflate);
    case 'br':
      return promisify(zlib.brotliDecompress);
    default:
      return undefined;
  }
}
