import { cleanText } from './clean.ts';

/** What CloudWatch publishes when an alarm enters another state, read and made harmless. Instants in epoch ms. */
export type AlarmChange = {
  /** Of the alarm in AWS. */
  readonly name: string;
  readonly arn: string;
  readonly from: string;
  readonly to: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly at: number;
  readonly reason: string;
  /** The values that decided, the newest first, with the starts of their periods; empty where its reason names none. */
  readonly datapoints: readonly Datapoint[];
};
export type Datapoint = { readonly value: number; readonly at: number };

const states = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const longestName = 255;
const longestArn = 400;
const longestReason = 1_024;
const mostDatapoints = 100;

/**
 * Reads the JSON of an alarm; undefined for anything else. Whose alarm it is, and whether it is one of ours, is not known then.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export function parseAlarmChange(text: string): AlarmChange | undefined {
  const json = parseJson(text);
  const name = textOf(json, 'AlarmName', longestName);
  const to = states.find((state) => state === json?.['NewStateValue']);
  const at = instantOf(json?.['StateChangeTime']);
  if (name === '' || to === undefined || at === undefined) return undefined;
  const reason = textOf(json, 'NewStateReason', longestReason);
  return {
    name,
    arn: textOf(json, 'AlarmArn', longestArn),
    from: textOf(json, 'OldStateValue', 32),
    to,
    at,
    reason,
    datapoints: datapointsIn(reason),
  };
}

type Fields = Readonly<Record<string, unknown>>;

function parseJson(text: string): Fields | undefined {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? (json as Fields) : undefined;
  } catch {
    // It is no alarm's message: whoever asked reads it as something else.
    return undefined;
  }
}

function textOf(json: Fields | undefined, key: string, longest: number): string {
  const value = json?.[key];
  return typeof value === 'string' ? cleanText(value, longest) : '';
}

/** `2026-11-26T17:05:30.123+0000`. */
function instantOf(value: unknown): number | undefined {
  const [, instant, hours, minutes] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?)(?:Z|\+(\d\d):?(\d\d))$/.exec(String(value)) ?? [];
  if (instant === undefined) return undefined;
  const at = Date.parse(`${instant}Z`) - (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
  return Number.isSafeInteger(at) && at >= 0 ? at : undefined;
}

/** Out of `3 out of the last 5 datapoints [6.0 (26/11/26 17:05:00), 5.5 (26/11/26 17:04:00)] were greater than …`. */
function datapointsIn(reason: string): readonly Datapoint[] {
  const [, list = ''] = /\bdatapoints? \[([^\]]*)\]/.exec(reason) ?? [];
  const found = list.matchAll(/(-?\d+(?:\.\d+)?(?:E[+-]?\d{1,3})?) \((\d\d)\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d)\)/g);
  return [...found]
    .slice(0, mostDatapoints)
    .map(([, value, day, month, year, time]) => ({
      value: Number(value),
      at: Date.parse(`20${year}-${month}-${day}T${time}Z`),
    }))
    .filter(({ value, at }) => Number.isFinite(value) && Number.isFinite(at))
    .toSorted((a, b) => b.at - a.at);
}
