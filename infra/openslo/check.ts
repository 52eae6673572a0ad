import type { Plain } from '../../shared/config/parse/plain.ts';
import { parseTimeZone } from '../../shared/config/parse/units.ts';
import { isLabel } from './names.ts';
import { get, isMap, listAt, type Note, type Path, type PlainMap, textAt } from './problem.ts';

/** What is wrong with a value; nothing where it is right. The rules are those of OpenSLO's own validator, https://github.com/OpenSLO/go-sdk. */
type Check = (value: Plain, at: Path) => readonly Note[];
type Shape = Readonly<Record<string, { readonly check: Check; readonly isNeeded: boolean }>>;

const longestDescription = 1_050;
const durationPattern = /^([1-9]\d{0,6})([mhdwMQY])$/;
const operators = ['gt', 'lt', 'gte', 'lte'];
const methods = ['Occurrences', 'Timeslices', 'RatioTimeslices'];

const wrong = (at: Path, message: string): readonly Note[] => [{ at, message }];
const needed = (check: Check) => ({ check, isNeeded: true });
const optional = (check: Check) => ({ check, isNeeded: false });

/** Unknown keys are read past, as OpenSLO's own tools do. */
const object =
  (shape: Shape, more: Check = () => []): Check =>
  (value, at) => {
    if (!isMap(value)) return wrong(at, 'must be a map');
    const own = Object.entries(shape).flatMap(([key, { check, isNeeded }]) => {
      const found = get(value, key);
      if (found === undefined) return isNeeded ? wrong([...at, key], 'is missing') : [];
      return check(found, [...at, key]);
    });
    return [...own, ...more(value, at)];
  };

const list =
  (check: Check, least: number, most: number): Check =>
  (value, at) => {
    if (!Array.isArray(value)) return wrong(at, 'must be a list');
    const count = value.length;
    if (count < least || count > most)
      return wrong(
        at,
        least === most ? `must hold exactly ${least}, got ${count}` : `must hold ${least} to ${most}, got ${count}`,
      );
    return value.flatMap((each, index) => check(each, [...at, index]));
  };

const text =
  (longest = 10_000): Check =>
  (value, at) => {
    if (typeof value !== 'string' || value === '') return wrong(at, 'must be a text');
    return value.length > longest
      ? wrong(at, `must be at most ${longest.toLocaleString('en-US')} characters long`)
      : [];
  };

const oneOf =
  (values: readonly string[]): Check =>
  (value, at) =>
    typeof value === 'string' && values.includes(value) ? [] : wrong(at, `must be ${values.join(', ')}`);

const boolean: Check = (value, at) => (typeof value === 'boolean' ? [] : wrong(at, 'must be true or false'));
const anything: Check = () => [];
const name: Check = (value, at) =>
  typeof value === 'string' && isLabel(value)
    ? []
    : wrong(at, 'must be a name of small letters, digits and dashes, 63 at most');

const number =
  (isIn: (value: number) => boolean, range: string): Check =>
  (value, at) =>
    typeof value === 'number' && isIn(value) ? [] : wrong(at, `must be a number${range}`);

const duration: Check = (value, at) =>
  typeof value === 'string' && durationPattern.test(value)
    ? []
    : wrong(at, 'must be a whole number and a unit of m, h, d, w, M, Q or Y, such as 30d');

/** Which of these keys there are; `exactly` one of them, where it is said so. */
const either =
  (keys: readonly string[], isNeeded = true): Check =>
  (value, at) => {
    const found = keys.filter((key) => get(value, key) !== undefined);
    if (found.length === 1 || (found.length === 0 && !isNeeded)) return [];
    return wrong(at, `must have ${isNeeded ? 'exactly one' : 'at most one'} of ${keys.join(' and ')}`);
  };

const annotationsOf: Check = (value, at) =>
  isMap(value)
    ? Object.entries(value).flatMap(([key, each]) =>
        typeof each === 'string' ? [] : wrong([...at, key], 'must be a text'),
      )
    : wrong(at, 'must be a map');

const metadata = object({
  name: needed(name),
  displayName: optional(text(63)),
  labels: optional(object({})),
  annotations: optional(annotationsOf),
});

const metric = object({
  metricSource: needed(
    object({
      metricSourceRef: optional(name),
      type: optional(text()),
      spec: needed((value, at) =>
        isMap(value) && Object.keys(value).length > 0 ? [] : wrong(at, 'must be a map with one key at least'),
      ),
    }),
  ),
});

const ratio = object(
  {
    counter: optional(boolean),
    good: optional(metric),
    bad: optional(metric),
    total: optional(metric),
    raw: optional(metric),
    rawType: optional(oneOf(['success', 'failure'])),
  },
  (value, at) => [
    ...either(['total', 'raw'])(value, at),
    ...(get(value, 'total') === undefined ? [] : either(['good', 'bad'])(value, at)),
    ...(get(value, 'raw') !== undefined && get(value, 'rawType') === undefined
      ? wrong([...at, 'rawType'], 'is missing')
      : []),
  ],
);

const sli = object(
  { description: optional(text(longestDescription)), ratioMetric: optional(ratio), thresholdMetric: optional(metric) },
  either(['ratioMetric', 'thresholdMetric']),
);

const inlineSli = object({ metadata: needed(metadata), spec: needed(sli) });

const timeWindow = object(
  {
    duration: needed(duration),
    isRolling: optional(boolean),
    calendar: optional(
      object({
        startTime: needed((value, at) =>
          typeof value === 'string' && /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/.test(value)
            ? []
            : wrong(at, 'must be a time such as 2024-01-01 00:00:00'),
        ),
        timeZone: needed((value, at) =>
          typeof value === 'string' && parseTimeZone(value).ok
            ? []
            : wrong(at, 'must be a time zone such as Europe/Amsterdam'),
        ),
      }),
    ),
  },
  (value, at) => {
    const [isRolling, hasCalendar] = [get(value, 'isRolling') === true, get(value, 'calendar') !== undefined];
    if (isRolling !== hasCalendar) return [];
    return wrong(
      [...at, 'calendar'],
      isRolling ? 'must not stand beside isRolling: true' : 'is missing, as isRolling is not true',
    );
  },
);

const objective = object(
  {
    displayName: optional(text()),
    op: optional(oneOf(operators)),
    value: optional(number(Number.isFinite, '')),
    target: optional(number((value) => value >= 0 && value < 1, ' from 0 to below 1')),
    targetPercent: optional(number((value) => value >= 0 && value < 100, ' from 0 to below 100')),
    timeSliceTarget: optional(number((value) => value > 0 && value <= 1, ' above 0, 1 at most')),
    timeSliceWindow: optional(duration),
    indicator: optional(inlineSli),
    indicatorRef: optional(name),
    compositeWeight: optional(number((value) => value > 0, ' above 0')),
  },
  either(['target', 'targetPercent']),
);

const condition = object({
  severity: needed(text()),
  description: optional(text(longestDescription)),
  condition: needed(
    object({
      kind: needed(oneOf(['burnrate'])),
      op: needed(oneOf(operators)),
      threshold: needed(number(Number.isFinite, '')),
      lookbackWindow: needed(duration),
      alertAfter: optional(duration),
    }),
  ),
});

const target = object({ target: needed(text()), description: optional(text(longestDescription)) });

/** Either a reference, or the object itself. */
const refOr =
  (ref: string, kind: string, spec: Check): Check =>
  (value, at) => {
    if (!isMap(value)) return wrong(at, 'must be a map');
    if (get(value, ref) !== undefined && get(value, 'spec') === undefined)
      return object({ [ref]: needed(name) })(value, at);
    if (get(value, ref) !== undefined || get(value, 'spec') === undefined)
      return wrong(at, `must have exactly one of ${ref} and spec`);
    return object({ kind: needed(oneOf([kind])), metadata: needed(metadata), spec: needed(spec) })(value, at);
  };

const policy = object({
  description: optional(text(longestDescription)),
  alertWhenNoData: optional(boolean),
  alertWhenBreaching: optional(boolean),
  alertWhenResolved: optional(boolean),
  conditions: needed(list(refOr('conditionRef', 'AlertCondition', condition), 1, 1)),
  notificationTargets: needed(list(refOr('targetRef', 'AlertNotificationTarget', target), 1, 100)),
});

const slo = object(
  {
    description: optional(text(longestDescription)),
    service: needed(text()),
    indicator: optional(inlineSli),
    indicatorRef: optional(name),
    budgetingMethod: needed(oneOf(methods)),
    timeWindow: optional(list(timeWindow, 1, 1)),
    objectives: needed(list(objective, 1, 100)),
    alertPolicies: optional(list(refOr('alertPolicyRef', 'AlertPolicy', policy), 0, 100)),
  },
  checkTogether,
);

/** What holds between the parts of an SLO. */
function checkTogether(spec: Plain, at: Path): readonly Note[] {
  const objectives = listAt(spec, 'objectives');
  const isComposite = objectives.some((each) =>
    ['indicator', 'indicatorRef'].some((key) => get(each, key) !== undefined),
  );
  const kind = ['thresholdMetric', 'ratioMetric'].find((key) => get(spec, 'indicator', 'spec', key) !== undefined);
  return [
    ...(isComposite ? [] : either(['indicator', 'indicatorRef'])(spec, at)),
    ...objectives.flatMap((each, index) =>
      checkObjective(each, textAt(spec, 'budgetingMethod'), kind, [...at, 'objectives', index]),
    ),
  ];
}

function checkObjective(each: Plain, method: string | undefined, kind: string | undefined, at: Path): readonly Note[] {
  const missing = (key: string) => (get(each, key) === undefined ? wrong([...at, key], 'is missing') : []);
  return [
    ...(method === 'Timeslices' ? missing('timeSliceTarget') : []),
    ...(method === 'Timeslices' || method === 'RatioTimeslices' ? missing('timeSliceWindow') : []),
    ...(kind === 'thresholdMetric' ? ['op', 'value'].flatMap(missing) : []),
  ];
}

const specs: Readonly<Record<string, Check>> = {
  Service: object({ description: optional(text(longestDescription)) }),
  DataSource: object({ type: needed(text()), connectionDetails: needed(anything) }),
  SLI: sli,
  SLO: slo,
  AlertPolicy: policy,
  AlertCondition: condition,
  AlertNotificationTarget: target,
};

/** What is wrong with one object of OpenSLO v1. */
export function checkObject(value: PlainMap): readonly Note[] {
  const version = get(value, 'apiVersion');
  if (version !== 'openslo/v1')
    return wrong(['apiVersion'], `must be openslo/v1, got ${JSON.stringify(version ?? null).slice(0, 80)}`);
  const kind = textAt(value, 'kind') ?? '';
  const spec = Object.hasOwn(specs, kind) ? specs[kind] : undefined;
  if (spec === undefined) return wrong(['kind'], `must be ${Object.keys(specs).join(', ')}`);
  const isBare = kind === 'Service' && get(value, 'spec') === undefined;
  return object({ metadata: needed(metadata), ...(isBare ? {} : { spec: needed(spec) }) })(value, []);
}
