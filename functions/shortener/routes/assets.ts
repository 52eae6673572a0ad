import type { Endpoint } from '../endpoint.ts';
import { textAnswer } from '../http.ts';
import type { Dependencies } from '../ports.ts';
import { publicly, revalidate } from '../revalidate.ts';

type ReadAsset = Dependencies['readAsset'];

/** Scripts, styles and requests of this origin alone, and nothing inline. */
const pagePolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/** What a page may not do, beside what every answer says. */
export const pageHeaders = {
  'content-security-policy': pagePolicy,
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
};

/** The page to make and manage links. */
export function loadPage(readAsset: ReadAsset): Endpoint {
  return loadFile('index.html', 'text/html; charset=utf-8', readAsset, pageHeaders);
}

/** One of its files. It is read once, and changes only with the whole function. */
export function loadFile(
  name: string,
  type: string,
  readAsset: ReadAsset,
  headers: Readonly<Record<string, string>> = {},
): Endpoint {
  let text: string | undefined;
  return async ({ request }) => {
    text ??= await readAsset(name);
    return revalidate(request, textAnswer(type, text, headers), publicly);
  };
}
