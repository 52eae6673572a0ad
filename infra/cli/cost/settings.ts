import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { BurnwatchError, type Config } from '../../../shared/config/model.ts';
import { parseSettings } from '../../settings.ts';
import { defaultRegionOf } from '../../template/locations.ts';
import type { StackOptions } from '../../template/model.ts';
import { withoutShortener } from '../../template/references.ts';
import type { Io } from '../command.ts';
import { printProblems, readConfig } from '../config-file.ts';

/** What would be deployed: a configuration, and how. */
export type Deployed = { readonly config: Config; readonly options: StackOptions };
export type Asked = {
  readonly config?: string | undefined;
  readonly stage?: string | undefined;
  readonly region?: string | undefined;
  /** `name=value`, as `npx serverless deploy --param` takes them. */
  readonly param?: readonly string[] | undefined;
};

/**
 * The same that `npx serverless deploy` would take: parameters before those of the stage and the defaults in serverless.yml. Without
 * the shortener, without what asks for it. Undefined where the configuration has errors, which are printed then. Throws BURN_PARAM_INVALID.
 */
export async function readDeployed(asked: Asked, io: Io): Promise<Deployed | undefined> {
  const { stage = 'dev', param = [], config: file } = asked;
  const settings = parseSettings(file === undefined ? param : [...param, `config=${file}`], configured(), stage);
  const result = await readConfig(settings.config, io);
  printProblems(result, io);
  if (!result.ok) return undefined;
  const region = asked.region ?? (io.env['AWS_REGION'] || defaultRegionOf(result.config));
  const options = { ...settings, stage, region };
  if (settings.isShortenerOn) return { config: result.config, options };
  const { config, left } = withoutShortener(result.config);
  if (left.length > 0) io.stderr(`Left out, because shortener=off deploys no shortener to ask: ${left.join(', ')}\n`);
  return { config, options };
}

type Params = Parameters<typeof parseSettings>[1];

function configured(): Params {
  const text = readFileSync(new URL('../../../serverless.yml', import.meta.url), 'utf8');
  const { params } = (parse(text) ?? {}) as { readonly params?: Params };
  if (params?.['default'] === undefined)
    throw new BurnwatchError(
      'BURN_PARAM_INVALID',
      'serverless.yml has no params.default, which says how it is deployed',
    );
  return params;
}
