import { readSettings } from '../functions/shortener/settings.ts';

/** The parameters of a deployment that become the shortener's environment. */
const variables = {
  corsOrigins: 'CORS_ORIGINS',
  throttleApi: 'THROTTLE_API_PER_SECOND',
  throttleMisses: 'THROTTLE_MISSES_PER_SECOND',
} as const;

export type ShortenerParameter = keyof typeof variables;
export const shortenerParameters = Object.keys(variables) as readonly ShortenerParameter[];

/**
 * What the shortener is told beside what every environment tells it, by the names of its environment variables; the
 * shortener's own parser judges it, and what it says goes to `problems`. A parameter that is empty is not told.
 */
export function shortenerVariables(
  text: (name: ShortenerParameter) => string,
  problems: string[],
): Readonly<Record<string, string>> {
  const told = shortenerParameters.filter((name) => text(name) !== '');
  for (const name of told) {
    try {
      readSettings({ LINKS_TABLE: 'links', [variables[name]]: text(name) });
    } catch (error) {
      problems.push(`--param ${name}: ${(error as Error).message}`);
    }
  }
  return Object.fromEntries(told.map((name) => [variables[name], text(name)]));
}
