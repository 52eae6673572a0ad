import { Ajv2020, type Schema } from 'ajv/dist/2020.js';
import { namesIn, parseExpression } from '../../infra/local/aws/metric-math-syntax.ts';

/**
 * The structure of a dashboard's body as CloudWatch publishes it, of what we use:
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
 */
const color = { type: 'string', pattern: '^#[0-9a-f]{6}$' };
const span = { type: 'string', pattern: '^-?P(T?\\d+[MHDW]|0D)$' };
const id = { type: 'string', pattern: '^[a-z][a-zA-Z0-9_]{0,254}$' };
const closed = (properties: object, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});
const statistic = {
  type: 'string',
  pattern: '^(SampleCount|Average|Sum|Minimum|Maximum|p\\d{1,2}(\\.\\d+)?|(TC|PR|TM|TS|WM)\\(\\d*:\\d*\\))$',
};
const rendering = {
  color,
  label: { type: 'string' },
  period: { type: 'integer', minimum: 1 },
  visible: { type: 'boolean' },
  yAxis: { enum: ['left', 'right'] },
  id,
};
const series = {
  type: 'array',
  minItems: 3,
  // Namespace, name, at most 30 pairs, options.
  maxItems: 63,
  prefixItems: [
    { type: 'string', pattern: '^[^:][\\x21-\\x7e ]{0,254}$' },
    { type: 'string', minLength: 1, maxLength: 255 },
  ],
  items: {
    anyOf: [{ type: 'string', minLength: 1, maxLength: 1_024 }, closed({ ...rendering, stat: statistic })],
  },
};
const expression = {
  type: 'array',
  minItems: 1,
  maxItems: 1,
  items: closed({ ...rendering, expression: { type: 'string', minLength: 1, maxLength: 2_048 } }, ['expression']),
};
const axis = closed({
  min: { type: 'number' },
  max: { type: 'number' },
  label: { type: 'string' },
  showUnits: { type: 'boolean' },
});
const horizontal = closed(
  {
    value: { type: 'number' },
    label: { type: 'string' },
    color,
    fill: { enum: ['above', 'below', 'none'] },
    visible: { type: 'boolean' },
    yAxis: { enum: ['left', 'right'] },
  },
  ['value'],
);
const metricProperties = {
  ...closed(
    {
      title: { type: 'string', minLength: 1, maxLength: 255 },
      region: { type: 'string', minLength: 1 },
      view: { enum: ['timeSeries', 'singleValue', 'gauge', 'bar', 'pie'] },
      stacked: { type: 'boolean' },
      metrics: { type: 'array', minItems: 1, maxItems: 500, items: { anyOf: [expression, series] } },
      stat: statistic,
      period: { type: 'integer', minimum: 60, multipleOf: 60 },
      yAxis: closed({ left: axis, right: axis }),
      annotations: closed({ horizontal: { type: 'array', items: horizontal } }),
      legend: closed({ position: { enum: ['right', 'bottom', 'hidden'] } }),
      sparkline: { type: 'boolean' },
      setPeriodToTimeRange: { type: 'boolean' },
      singleValueFullPrecision: { type: 'boolean' },
      start: span,
      end: span,
    },
    ['title', 'region', 'metrics', 'view', 'period'],
  ),
  // One says its span with both ends; a gauge says where it begins and ends.
  dependentRequired: { start: ['end'], end: ['start'] },
  if: { properties: { view: { const: 'gauge' } } },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: {
    required: ['yAxis'],
    properties: { yAxis: { required: ['left'], properties: { left: { required: ['min', 'max'] } } } },
  },
};
const place = {
  x: { type: 'integer', minimum: 0, maximum: 23 },
  y: { type: 'integer', minimum: 0 },
  width: { type: 'integer', minimum: 1, maximum: 24 },
  height: { type: 'integer', minimum: 1, maximum: 1_000 },
};
const widget = (type: string, properties: object) =>
  closed({ type: { const: type }, ...place, properties }, ['type', 'x', 'y', 'width', 'height', 'properties']);

const arn =
  '^arn:(aws|\\u0001AWS::Partition\\u0001):cloudwatch:[a-z0-9-]+:(\\d{12}|\\u0001AWS::AccountId\\u0001):alarm:.{1,255}$';
const schema = closed(
  {
    start: span,
    end: span,
    periodOverride: { enum: ['auto', 'inherit'] },
    widgets: {
      type: 'array',
      maxItems: 500,
      items: {
        anyOf: [
          widget(
            'text',
            closed({ markdown: { type: 'string', minLength: 1 }, background: { enum: ['transparent', 'solid'] } }, [
              'markdown',
            ]),
          ),
          widget('metric', metricProperties),
          widget(
            'alarm',
            closed(
              {
                title: { type: 'string', minLength: 1 },
                alarms: { type: 'array', minItems: 1, maxItems: 100, items: { type: 'string', pattern: arn } },
                sortBy: { enum: ['default', 'stateUpdatedTimestamp', 'timestamp'] },
                states: { type: 'array', items: { enum: ['ALARM', 'OK', 'INSUFFICIENT_DATA'] } },
              },
              ['alarms'],
            ),
          ),
          widget(
            'log',
            closed(
              {
                title: { type: 'string', minLength: 1 },
                region: { type: 'string', minLength: 1 },
                query: { type: 'string', pattern: "^SOURCE '[\\w./-]+'" },
                view: { enum: ['table', 'timeSeries', 'bar', 'pie'] },
                stacked: { type: 'boolean' },
              },
              ['region', 'query', 'view'],
            ),
          ),
        ],
      },
    },
  },
  ['widgets'],
);

const validate = new Ajv2020({ strict: false }).compile(schema as Schema);
const mostMetrics = 2_500;

type Widget = {
  readonly type: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly properties: { readonly title?: string; readonly metrics?: readonly (readonly unknown[])[] };
};

/** What CloudWatch would refuse of a body, or draw otherwise than it is meant; empty where nothing is wrong. */
export function faultsOf(body: unknown): readonly string[] {
  if (!validate(body)) return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const { widgets } = body as { readonly widgets: readonly Widget[] };
  const metrics = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  return [
    ...(metrics.length > mostMetrics ? [`${metrics.length} metrics, more than ${mostMetrics}`] : []),
    ...widgets.filter(({ x, width }) => x + width > 24).map((each) => `${nameOf(each)} is wider than the grid`),
    ...overlaps(widgets),
    ...widgets.flatMap(faultsOfMetrics),
  ];
}

const nameOf = ({ type, properties, x, y }: Widget) => properties.title ?? `${type} at ${x},${y}`;

function overlaps(widgets: readonly Widget[]): readonly string[] {
  const cells = new Map<string, Widget>();
  const found = new Set<string>();
  for (const widget of widgets)
    for (let y = widget.y; y < widget.y + widget.height; y += 1)
      for (let x = widget.x; x < widget.x + widget.width; x += 1) {
        const other = cells.get(`${x} ${y}`);
        if (other !== undefined) found.add(`${nameOf(widget)} lies on ${nameOf(other)}`);
        cells.set(`${x} ${y}`, widget);
      }
  return [...found];
}

/** Ids are unique, expressions can be read and name what is there, dimensions come in pairs, and something is drawn. */
function faultsOfMetrics(widget: Widget): readonly string[] {
  const rows = (widget.properties.metrics ?? []).map((row) => ({
    row,
    options: row.at(-1) as { id?: string; expression?: string; visible?: boolean },
  }));
  if (rows.length === 0) return [];
  const ids = rows.flatMap(({ options }) => options.id ?? []);
  const unknown = rows
    .flatMap(({ options }) => (options.expression === undefined ? [] : namesIn(parseExpression(options.expression))))
    .filter((name) => !ids.includes(name) && !['REPEAT', 'LINEAR'].includes(name));
  return [
    ...(new Set(ids).size < ids.length ? ['an id twice'] : []),
    ...unknown.map((name) => `an expression names ${name}, which is not there`),
    ...(rows.some(({ row }) => row.length > 1 && row.length % 2 === 0) ? ['a dimension without its value'] : []),
    ...(rows.every(({ options }) => options.visible === false) ? ['nothing is drawn'] : []),
  ].map((fault) => `${nameOf(widget)}: ${fault}`);
}
