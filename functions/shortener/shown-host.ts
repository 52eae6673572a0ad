import { domainToUnicode } from 'node:url';

/** A host as a person should see it. `ascii` is what goes over the wire. */
export type ShownHost = {
  readonly ascii: string;
  /** In its own letters, where these cannot pass for others. */
  readonly unicode?: string;
  /** What makes its letters dangerous: then they are not shown. */
  readonly danger?: 'mixed-scripts' | 'lookalike' | 'unusual-characters';
};

/** Scripts that people write together (https://www.unicode.org/reports/tr39/#Restriction_Level_Detection, Highly Restrictive). */
const writtenTogether: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Bopomofo']),
  new Set(['Latin', 'Han', 'Hangul']),
];
const scripts =
  'Latin Greek Cyrillic Armenian Hebrew Arabic Devanagari Bengali Gurmukhi Gujarati Tamil Telugu Kannada Malayalam Sinhala Thai Lao Tibetan Myanmar Georgian Ethiopic Khmer Han Hiragana Katakana Hangul Bopomofo'
    .split(' ')
    .map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
/** Letters of other scripts that look like Latin ones: a label of these alone can pass for a Latin name. */
const lookalikes = /^[аАсСԁеЕһіІјЈӏӀоОрРԛѕЅԝхХуУьВНКМТгпαοΟρτυνκικηωγօսոցհյѵ0-9-]+$/;

/**
 * A host in its own letters only where every label is of one script, or of scripts that are written together, and does
 * not look like a Latin name; otherwise as punycode, with the danger. `host` is as WHATWG URL writes it.
 */
export function showHost(host: string): ShownHost {
  if (!/(^|\.)xn--/.test(host)) return { ascii: host };
  const unicode = domainToUnicode(host);
  const danger = unicode
    .split('.')
    .map(dangerOf)
    .find((found) => found !== undefined);
  return danger === undefined && unicode !== '' ? { ascii: host, unicode } : { ascii: host, ...(danger && { danger }) };
}

function dangerOf(label: string): ShownHost['danger'] {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII, all of it
  if (/^[\u0000-\u007f]*$/.test(label)) return label.startsWith('xn--') ? 'unusual-characters' : undefined;
  const found = new Set<string>();
  for (const letter of label.replaceAll(/[\p{Script=Common}\p{Script=Inherited}]/gu, '')) {
    const script = scripts.find(([, pattern]) => pattern.test(letter));
    if (!script) return 'unusual-characters';
    found.add(script[0]);
  }
  const isTogether = found.size <= 1 || writtenTogether.some((set) => found.isSubsetOf(set));
  if (!isTogether) return 'mixed-scripts';
  return lookalikes.test(label) ? 'lookalike' : undefined;
}
