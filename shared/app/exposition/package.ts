import type { Config } from '../../config/model.ts';

/** What the function that answers `/metrics` is packaged with: the configuration, and what of the app has metrics of its own. */
export type MetricsPackage = {
  readonly config: Config;
  readonly routes: readonly string[];
  readonly caches: readonly string[];
};
