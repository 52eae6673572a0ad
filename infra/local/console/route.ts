/** Where the page is: on the overview, perhaps at one of its sections, or on a page of its own about one thing. */
export type Route =
  | { readonly page: null; readonly section: string }
  /** `id` is empty where the page is about everything of its kind. */
  | { readonly page: string; readonly id: string };

/** Reads the address's hash: `#/slo/api` is the page `slo` about `api`; `#/`, nothing and `#inbox` are the overview. */
export function parseRoute(hash: string): Route {
  const [, page, id = ''] = /^#\/([a-z]+)(?:\/(.*))?$/.exec(hash) ?? [];
  if (page !== undefined) return { page, id: decode(id) };
  return { page: null, section: hash.startsWith('#/') ? '' : decode(hash.slice(1)) };
}

/** The link to a page. Any id will do, slashes and all. */
export function pageHref(page: string, id = ''): string {
  return id === '' ? `#/${page}` : `#/${page}/${encodeURIComponent(id)}`;
}

/** What somebody typed may not be decodable: then it is meant as it stands. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
