import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cfnLint, itWithCfnLint } from '../support/cfn-lint.ts';
import { copyProject, type Run, readTemplate, removeProject, serverless, templatePath } from '../support/package.ts';

import.meta.jest.setTimeout(120_000);
const config = `version: 1
service: jobs
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  nightly-backup: { type: heartbeat, period: 1d, grace: 1h }
  own: { type: http, request: { url: "\${output:StatusUrl}/heartbeats/x/y" }, assertions: [status == 404] }
`;
const vpc = [
  '--param',
  'vpcSubnets=subnet-01234567,subnet-89abcdef',
  '--param',
  'vpcSecurityGroups=sg-0123456789abcdef0',
];
let root = '';
let run: Run;

beforeAll(async () => {
  root = copyProject();
  writeFileSync(join(root, 'jobs.yml'), config);
  run = await serverless(root, ['package', '--param', 'config=jobs.yml', '--param', 'shortener=off', ...vpc]);
});
afterAll(() => removeProject(root));

describe('packaging a heartbeat without the shortener, in a VPC', () => {
  it('works, and warns of nothing', () => {
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout + run.stderr).not.toContain('Warning');
  });

  it('makes the function that takes calls, behind its own route of the API and nothing else', () => {
    const { Resources } = readTemplate(root);
    expect(Resources['StatusLambdaFunction']).toMatchObject({
      Properties: {
        Handler: 'dist/status/index.handler',
        MemorySize: 256,
        Timeout: 10,
        Environment: {
          Variables: { LEDGER_TABLE: 'jobs-dev-ledger', HEARTBEAT_KEY_PARAMETER: '/burnwatch/heartbeat-key' },
        },
      },
    });
    const routes = Object.values(Resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
    expect(routes.map((route) => (route['Properties'] as { RouteKey: string }).RouteKey)).toEqual([
      'ANY /heartbeats/{proxy+}',
      'ANY /ack/{proxy+}',
      'ANY /metrics',
    ]);
    expect(Resources['HttpApiStage']).toMatchObject({
      Properties: { DefaultRouteSettings: { ThrottlingRateLimit: 1_000 } },
    });
    expect(Object.keys(Resources).filter((id) => /shortener|links/i.test(id))).toEqual([]);
  });

  it('tells the function which heartbeats there are, and the probe where it answers', () => {
    expect(JSON.parse(readFileSync(join(root, 'dist/status/heartbeats.json'), 'utf8'))).toEqual([
      { id: 'nightly-backup', key: expect.any(Number), periodMs: 86_400_000, graceMs: 3_600_000 },
    ]);
    expect(readTemplate(root).Resources['ProbeLambdaFunction']).toMatchObject({
      Properties: {
        Environment: { Variables: { OUTPUT_StatusUrl: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] } } },
      },
    });
  });

  it('sends probes from the VPC, and nothing else', () => {
    const { Resources } = readTemplate(root);
    const placed = Object.entries(Resources).flatMap(([id, { Properties }]) => {
      const { VpcConfig } = (Properties ?? {}) as { VpcConfig?: unknown };
      return VpcConfig === undefined ? [] : [[id, VpcConfig]];
    });
    expect(placed).toEqual([
      [
        'ProbeLambdaFunction',
        { SubnetIds: ['subnet-01234567', 'subnet-89abcdef'], SecurityGroupIds: ['sg-0123456789abcdef0'] },
      ],
    ]);
  });

  itWithCfnLint('passes cfn-lint', () => {
    const { status, stdout } = cfnLint('--', templatePath(root));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
