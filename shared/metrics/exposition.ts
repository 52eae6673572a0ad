import { type EntryKey, entryOf } from './entries.ts';

/** One value of the exposition. Its labels are those that the catalogue names, in whatever order. */
export type ExposedValue = {
  readonly key: EntryKey;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

export type ExpositionFormat = 'prometheus' | 'openmetrics';

export const contentTypes: Readonly<Record<ExpositionFormat, string>> = {
  prometheus: 'text/plain; version=0.0.4; charset=utf-8',
  openmetrics: 'application/openmetrics-text; version=1.0.0; charset=utf-8',
};

/** OpenMetrics where the scraper asks for it (as Prometheus does), else the format that everybody reads. */
export function formatOf(accept: string | undefined): ExpositionFormat {
  return /(?:^|[\s,])application\/openmetrics-text\b/i.test(accept ?? '') ? 'openmetrics' : 'prometheus';
}

/**
 * Values as text: https://github.com/prometheus/docs/blob/main/content/docs/instrumenting/exposition_formats.md. Those of one
 * metric stand together, with its help and its type. Throws where a value is of no exposed metric, or has other labels than
 * the catalogue says.
 */
export function renderExposition(values: readonly ExposedValue[], format: ExpositionFormat): string {
  const families = [...Map.groupBy(values, ({ key }) => key)].map(([key, same]) => renderFamily(key, same));
  return `${families.join('')}${format === 'openmetrics' ? '# EOF\n' : ''}`;
}

function renderFamily(key: EntryKey, values: readonly ExposedValue[]): string {
  const { help, prometheus } = entryOf(key);
  if (prometheus === undefined) throw new Error(`${key} is no metric of the exposition`);
  const { name, type, labels } = prometheus;
  const lines = values.map(({ labels: given, value }) => {
    if (Object.keys(given).toSorted().join() !== labels.toSorted().join())
      throw new Error(`${name} has the labels ${labels.join(', ')}, not ${Object.keys(given).join(', ')}`);
    const pairs = labels.map((label) => `${label}="${escapeLabel(given[label] ?? '')}"`);
    return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${renderValue(value)}\n`;
  });
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

/** OpenMetrics wants quotes escaped in a help text, the other format shows the backslash: help texts have none. */
const escapeHelp = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const escapeLabel = (text: string): string => escapeHelp(text).replaceAll('"', '\\"');

function renderValue(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
