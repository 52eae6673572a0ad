import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../../../shared/config/model.ts';
import { parseConfig } from '../../../shared/config/parse/index.ts';
import { aFleet } from '../../support/fleet.ts';
import { readTemplate, serverless, templatePath } from '../../support/package.ts';

export type Packaged = {
  readonly config: Config;
  readonly seconds: number;
  readonly templateBytes: number;
  readonly resources: number;
  /** As the Scheduler names them. */
  readonly shards: readonly string[];
};

/** Packages a fleet of so many monitors in a copy of the project, as a deployment does. */
export async function packageFleet(root: string, count: number, port: number): Promise<Packaged> {
  const text = aFleet(count, { target: (index) => `https://127.0.0.1:${port}/${index}`, isPrivate: true });
  writeFileSync(join(root, 'fleet.yml'), text);
  const startedAt = performance.now();
  const said = await serverless(root, ['package', '--param', 'config=fleet.yml', '--param', 'shortener=off']);
  const seconds = (performance.now() - startedAt) / 1_000;
  if (said.code !== 0) throw new Error(said.stdout + said.stderr);
  const parsed = parseConfig(text, { file: 'fleet.yml', env: {} });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors[0]));
  return {
    config: parsed.config,
    seconds,
    templateBytes: statSync(templatePath(root)).size,
    resources: Object.keys(readTemplate(root).Resources).length,
    shards: readdirSync(join(root, 'dist/probe/shards')).map((file) => file.replace('.json', '')),
  };
}
