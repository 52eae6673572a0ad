import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { costOf } from '../../infra/cost/index.ts';
import { buildResources } from '../../infra/resources.ts';
import { cfnLint, itWithCfnLint } from '../support/cfn-lint.ts';
import { costExample, costOptions } from '../support/cost-example.ts';
import { moreToPay, type Packaged, pricesOfTemplates, readPackaged, unlike } from '../support/cost-template.ts';
import { configOf } from '../support/monitored.ts';
import {
  copyProject,
  type PackagedTemplate,
  type Run,
  readTemplate,
  removeProject,
  serverless,
  templatePath,
} from '../support/package.ts';

import.meta.jest.setTimeout(180_000);

const locations = 'locations: { home: eu-west-1, also: [us-east-1, ap-southeast-2] }';
const text = `${costExample().replace('https://www.example.com/cart', '"${output:ShortenerUrl}/cart"')}${moreToPay}${locations}
`;
const output = 'ShortenerUrl=https://abc.execute-api.eu-west-1.amazonaws.com';
let root = '';
let home: Packaged;
let elsewhere: Packaged;
let template: PackagedTemplate;
let runs: readonly Run[];
const run = (...args: string[]) => serverless(root, ['package', '--param', 'config=locations.yml', ...args]);

beforeAll(async () => {
  root = copyProject();
  const job = 'monitors:\n  nightly: { type: heartbeat, period: 1d, grace: 1h }';
  writeFileSync(join(root, 'locations.yml'), text.replace('monitors:', job));
  const first = await run();
  home = readPackaged(root);
  const second = await run('--region', 'us-east-1', '--param', `outputs=${output}`);
  [elsewhere, template] = [readPackaged(root), readTemplate(root)];
  runs = [first, second];
});
afterAll(() => removeProject(root));

describe('packaging a configuration with locations', () => {
  it('makes home where nobody says where, with the heartbeat', () => {
    expect(runs).toMatchObject([{ code: 0 }, { code: 0 }]);
    expect(runs[0]?.stderr).toContain('(eu-west-1)');
    expect([home.monitors, elsewhere.monitors]).toEqual([11, 10]);
  });

  it('makes elsewhere what probes need, and nothing else', () => {
    expect(Object.keys(template.Resources).toSorted()).toEqual([
      'ProbeInvokeConfig',
      'ProbeLambdaFunction',
      'ProbeLogs',
      'ProbeRole',
      'ProbeSchedules00',
      'ScheduleGroup',
      'SchedulerRole',
      'ServerlessDeploymentBucket',
      'ServerlessDeploymentBucketPolicy',
    ]);
    expect(template.Resources['ProbeLambdaFunction']).toMatchObject({
      Properties: {
        Environment: {
          Variables: {
            LEDGER_TABLE: 'shop-dev-ledger',
            BURNWATCH_HOME_REGION: 'eu-west-1',
            OUTPUT_ShortenerUrl: 'https://abc.execute-api.eu-west-1.amazonaws.com',
          },
        },
      },
    });
  });

  itWithCfnLint('makes elsewhere nothing that cfn-lint would mend', () => {
    const { stdout, stderr, status } = cfnLint(templatePath(root));
    expect({ said: stdout + stderr, status }).toEqual({ said: '', status: 0 });
  });

  it('stops before anything is packaged where an output of home is missing', async () => {
    const { code, stdout, stderr } = await run('--region', 'us-east-1');
    expect(code).toBe(1);
    expect(stdout + stderr).toContain('\n--param outputs: has no ShortenerUrl, used by cart: npx burnwatch');
    expect(stdout + stderr).not.toMatch(/^\s+at /m);
    expect(existsSync(join(root, '.serverless', 'probe.zip'))).toBe(false);
  });
});

describe('the price of several locations', () => {
  it('is that of their templates, within 2 % in each category', () => {
    const config = configOf(text);
    const other = (region: string) =>
      JSON.stringify(buildResources(config, { ...costOptions, region })).replaceAll(region, 'REGION');
    expect(other('ap-southeast-2')).toBe(other('us-east-1'));
    const { lines } = costOf(config, { ...costOptions, region: 'us-east-1' });
    expect(unlike(lines, pricesOfTemplates({ ...home, monitors: 10 }, [elsewhere, elsewhere]))).toEqual([]);
    expect(unlike(lines, pricesOfTemplates({ ...home, monitors: 10 }, [elsewhere]))).toEqual(
      expect.arrayContaining(['metrics', 'lambda', 'schedules', 'calls', 'transfer']),
    );
  });
});
