import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSloConfig, sloArguments } from '../../../infra/cli/slo/sources.ts';
import { createIo } from './io.ts';

const yaml = `version: 1
service: shop
monitors:
  api: { type: http, interval: 1m, request: { url: https://a.example/ } }
`;
let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'burnwatch-sources-'));
  writeFileSync(join(folder, 'monitors.yml'), yaml);
  mkdirSync(join(folder, '.burnwatch'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const intervalOf = async (stage: string | undefined): Promise<number | undefined> => {
  const config = await readSloConfig(sloArguments({ stage }), createIo({ cwd: folder }).io);
  return config?.monitors[0]?.intervalMs;
};

describe('the configuration by which SLOs are judged', () => {
  it.each<[string, unknown, string | undefined, number]>([
    ['has the intervals that the running local mode really has', 10_000, undefined, 10_000],
    ['has its own in AWS', 10_000, 'prod', 60_000],
    ['has its own where local mode leaves them', undefined, 'local', 60_000],
    ['has its own where local mode says something odd', -5, undefined, 60_000],
  ])('%s', async (_, intervalMs, stage, expected) => {
    const said = { pid: process.pid, outputs: {}, intervalMs };
    writeFileSync(join(folder, '.burnwatch', 'local.json'), JSON.stringify(said));
    expect(await intervalOf(stage)).toBe(expected);
  });
});
