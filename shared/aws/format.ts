import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { newerFormat } from '../config/format.ts';

/**
 * The formats of what lies in the ledger's table. An item says which it has in the attribute `format`; one without has format 1. A
 * release raises the number where an older one would misread what it writes, or lose a part of it on the next write; what older ones may
 * pass over is added without. Beside these, the bytes of ticks (which speak for the details beside them), hours, days and counted metrics
 * begin with theirs, tallies carry a `version`, the state of the alerts a `schema`, and an undelivered entry a `format` of its own.
 * The files in a package have none: they are made with the very code that reads them.
 */
export const formats = {
  alerts: 1,
  incident: 1,
  'part of a burst': 1,
  'run of a burst': 1,
  'counts of a run': 1,
  'verdicts of a burst': 1,
  heartbeat: 1,
  drill: 1,
  'told message': 1,
  alarm: 1,
} as const;

/** Throws BURN_FORMAT_NEWER for what a newer release wrote in a format that this one does not know. */
export function requireFormat(kind: keyof typeof formats, item: Readonly<Record<string, AttributeValue>>): void {
  const found = Number(item['format']?.N ?? 1);
  const known = formats[kind];
  if (!(found <= known))
    throw newerFormat(`the ledger's item ${item['pk']?.S ?? ''} ${item['sk']?.S ?? ''} (${kind})`, found, known);
}

/** Told of what could not be read, so that what lies beside it can be. */
export type OnUnread = (error: unknown) => void;
