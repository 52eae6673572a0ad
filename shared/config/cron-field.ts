/** Which days of a month: those numbers, those weekdays (0 is Sunday), or one that the calendar decides. */
export type DayRule =
  | { readonly daysOfMonth: readonly number[] }
  | { readonly daysOfWeek: readonly number[] }
  /** The last day. */
  | { readonly last: true }
  /** The working day (Monday to Friday) of the same month that is nearest to this day. */
  | { readonly nearestTo: number }
  | { readonly lastWeekday: number }
  | { readonly weekday: number; readonly nth: number };

type Shape = {
  /** Its place in the expression, for people. */
  readonly place: string;
  readonly from: number;
  readonly to: number;
  /** Words for its values, from the first on. */
  readonly names?: readonly string[];
  readonly examples: string;
};

/** https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based */
const shapes = {
  minutes: { place: 'first', from: 0, to: 59, examples: '5, 1-10 or 0/15' },
  hours: { place: 'second', from: 0, to: 23, examples: '3, 8-18 or 0/6' },
  'day-of-month': { place: 'third', from: 1, to: 31, examples: '1,15, L or 15W' },
  month: {
    place: 'fourth',
    from: 1,
    to: 12,
    names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
    examples: '1, JAN-MAR or 1/3',
  },
  'day-of-week': {
    place: 'fifth',
    from: 1,
    to: 7,
    names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
    examples: '2, MON-FRI, 6L or 3#2',
  },
  year: { place: 'sixth', from: 1970, to: 2199, examples: '2030 or 2030-2032' },
} as const satisfies Readonly<Record<string, Shape>>;
export type FieldName = keyof typeof shapes;

/** The values of a field, sorted, each of them once; or a sentence without its subject. Takes capitals. */
export function parseField(text: string, name: FieldName): readonly number[] | string {
  const shape: Shape = shapes[name];
  const values = new Set<number>();
  for (const item of text.split(',')) {
    const read = readItem(item, shape);
    if (read === undefined) return wrong(name, shape);
    for (const value of read) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

/** A list, `L` for the last day, or `15W` for the working day that is nearest to the 15th. */
export function parseDayOfMonth(text: string): DayRule | string {
  if (text === 'L') return { last: true };
  const [, near] = /^(\d{1,2})W$/.exec(text) ?? [];
  if (near !== undefined) {
    const day = Number(near);
    return day >= 1 && day <= 31 ? { nearestTo: day } : wrong('day-of-month', shapes['day-of-month']);
  }
  if (/[LW]/.test(text)) return 'must have L or a day with W, such as 15W, alone in its day-of-month';
  const days = parseField(text, 'day-of-month');
  return typeof days === 'string' ? days : { daysOfMonth: days };
}

/** A list, `L` for Saturday, `6L` for the last Friday, or `3#2` for the second Tuesday. */
export function parseDayOfWeek(text: string): DayRule | string {
  const shape: Shape = shapes['day-of-week'];
  if (text === 'L') return { daysOfWeek: [6] };
  const [, day = '', kind, nth = ''] = /^([A-Z]{3}|\d)(L|#(\d))$/.exec(text) ?? [];
  if (kind === undefined) {
    if (text.includes('#') || /(^|,|\d)L/.test(text)) {
      return 'must have a day with # or L, such as 3#2 or 6L, alone in its day-of-week';
    }
    const days = parseField(text, 'day-of-week');
    return typeof days === 'string' ? days : { daysOfWeek: days.map((each) => each - 1) };
  }
  const weekday = readValue(day, shape);
  if (weekday === undefined) return wrong('day-of-week', shape);
  if (kind === 'L') return { lastWeekday: weekday - 1 };
  const isInMonth = Number(nth) >= 1 && Number(nth) <= 5;
  return isInMonth ? { weekday: weekday - 1, nth: Number(nth) } : 'must have # with 1 to 5 in its day-of-week';
}

/** `*`, `5`, `1-10`, and each of them with a step: `5/10` goes on to the end. Undefined where it is none of them. */
function readItem(item: string, shape: Shape): readonly number[] | undefined {
  const [, range = '', step] = /^([^/]+)(?:\/(\d{1,4}))?$/.exec(item) ?? [];
  const bounds = readBounds(range, shape, step !== undefined);
  const stride = Number(step ?? 1);
  if (bounds === undefined || stride < 1 || stride > shape.to) return undefined;
  const { from, to } = bounds;
  return Array.from({ length: Math.floor((to - from) / stride) + 1 }, (_, index) => from + index * stride);
}

type Bounds = { readonly from: number; readonly to: number };

function readBounds(range: string, shape: Shape, hasStep: boolean): Bounds | undefined {
  if (range === '*') return shape;
  const [start = '', end, ...rest] = range.split('-');
  const from = readValue(start, shape);
  const last = end === undefined ? (hasStep ? shape.to : from) : readValue(end, shape);
  const isRange = from !== undefined && last !== undefined && from <= last && rest.length === 0;
  return isRange ? { from, to: last } : undefined;
}

function readValue(text: string, { from, to, names = [] }: Shape): number | undefined {
  const value = names.includes(text) ? from + names.indexOf(text) : /^\d{1,4}$/.test(text) ? Number(text) : undefined;
  return value !== undefined && value >= from && value <= to ? value : undefined;
}

function wrong(name: FieldName, { place, from, to, examples }: Shape): string {
  return `must have ${name} from ${from} to ${to} as its ${place} field, such as ${examples}`;
}

/** The days of a month that a rule means, sorted; none where it has no such day. `month` is 1 to 12. */
export function daysOf(rule: DayRule, year: number, month: number): readonly number[] {
  const length = new Date(Date.UTC(year, month, 0)).getUTCDate();
  const first = new Date(Date.UTC(year, month - 1, 1)).getUTCDay();
  if ('daysOfMonth' in rule) return rule.daysOfMonth.filter((day) => day <= length);
  if ('last' in rule) return [length];
  if ('nearestTo' in rule) return rule.nearestTo > length ? [] : [nearestWorkday(rule.nearestTo, length, first)];
  const all = Array.from({ length }, (_, index) => index + 1);
  const weekdayOf = (day: number) => (first + day - 1) % 7;
  if ('daysOfWeek' in rule) return all.filter((day) => rule.daysOfWeek.includes(weekdayOf(day)));
  if ('lastWeekday' in rule) return all.filter((day) => weekdayOf(day) === rule.lastWeekday).slice(-1);
  return all.filter((day) => weekdayOf(day) === rule.weekday).slice(rule.nth - 1, rule.nth);
}

/** Never in another month: from Saturday the 1st it is Monday the 3rd, from a Sunday that ends the month the Friday before. */
function nearestWorkday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}
