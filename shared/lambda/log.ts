/** Values that a log line may carry: flat, short, never a body, a secret or an address of a person. */
export type LogAttributes = Readonly<Record<string, string | number | boolean | undefined>>;
export type LogLevel = 'info' | 'warn' | 'error';
/** Writes one JSON object as one line; keys are OpenTelemetry's where it has them. */
export type Log = (level: LogLevel, message: string, attributes?: LogAttributes) => void;

/** The same for what telemetry says, which may hold the block of an embedded metric. */
export type WriteLine = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;

const longestValue = 1_024;

/**
 * A log whose lines all carry `base`. Text is cut to 1,024 characters, and JSON escapes line breaks, so that no value
 * can forge a line or an embedded metric.
 */
export function createLog(base: LogAttributes, write: (line: string) => void, now: () => number): Log {
  const writeLine = createLines(base, write, now);
  return (level, message, attributes = {}) => writeLine(level, message, attributes);
}

/** A log for telemetry. */
export function createLines(base: LogAttributes, write: (line: string) => void, now: () => number): WriteLine {
  return (level, message, attributes) => {
    const fields = Object.entries({ ...base, ...attributes }).map(([key, value]) => [
      key,
      typeof value === 'string' ? value.slice(0, longestValue) : value,
    ]);
    const line = { timestamp: new Date(now()).toISOString(), level, message, ...Object.fromEntries(fields) };
    write(`${JSON.stringify(line).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}\n`);
  };
}
