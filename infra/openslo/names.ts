import { stableId } from '../../shared/alert/identity.ts';

/** What OpenSLO has no word for stands in annotations of these names; others read past them. */
export const annotations = {
  /** The name here, where it is no name there. */
  id: 'burnwatch.dev/id',
  /** An alert policy holds one window: the short one of a rule is told beside it, for whoever can use it. */
  shortWindow: 'burnwatch.dev/short-window',
  budget: 'burnwatch.dev/budget',
  minBadEvents: 'burnwatch.dev/min-bad-events',
  runbook: 'burnwatch.dev/runbook',
  repeatEvery: 'burnwatch.dev/repeat-every',
  escalateAfter: 'burnwatch.dev/escalate-after',
  escalateTo: 'burnwatch.dev/escalate-to',
} as const;

export const apiVersion = 'openslo/v1';
/** What its `type` says of a metric source that counts what Burnwatch does: probes, or requests of bursts. */
export const ownSource = 'Burnwatch';
export const cloudWatchSource = 'CloudWatch';

const longestLabel = 63;
const label = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Whether a text is a name in OpenSLO: a DNS label (RFC 1123). */
export const isLabel = (text: string): boolean => label.test(text);

/** A name as OpenSLO takes it: the text itself, where it is one, else what is near to it, with a mark that tells it from others. */
export function labelOf(text: string): string {
  if (isLabel(text)) return text;
  const mark = stableId(['label', text], 8);
  const near = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, longestLabel - mark.length - 1)
    .replaceAll(/^-+|-+$/g, '');
  return near === '' ? `s-${mark}` : `${near}-${mark}`;
}

/** The annotation that keeps a name which is none there; nothing where it is one. */
export const idAnnotation = (id: string): Readonly<Record<string, string>> =>
  isLabel(id) ? {} : { [annotations.id]: id };
