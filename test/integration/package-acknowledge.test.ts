import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cfnLint, itWithCfnLint } from '../support/cfn-lint.ts';
import { copyProject, type Run, readTemplate, removeProject, serverless, templatePath } from '../support/package.ts';

import.meta.jest.setTimeout(120_000);
const config = `version: 1
service: jobs
acknowledge: link
channels: { oncall: { type: email, to: oncall@example.com } }
monitors:
  web: { type: http, request: { url: https://example.com/ }, alerts: [{ notify: [oncall], repeatEvery: 4h }] }
`;
let root = '';
let run: Run;

beforeAll(async () => {
  root = copyProject();
  writeFileSync(join(root, 'jobs.yml'), config);
  run = await serverless(root, ['package', '--param', 'config=jobs.yml', '--param', 'shortener=off']);
});
afterAll(() => removeProject(root));

function variablesOf(id: string): Readonly<Record<string, unknown>> {
  const properties = readTemplate(root).Resources[id]?.['Properties'];
  return (properties as { Environment: { Variables: Record<string, unknown> } }).Environment.Variables;
}

describe('packaging links that acknowledge, without the shortener and without a heartbeat', () => {
  it('works, and warns of nothing', () => {
    expect(run).toMatchObject({ code: 0 });
    expect(run.stdout + run.stderr).not.toContain('Warning');
  });

  it('makes the function that answers them, behind its routes of the API', () => {
    const routes = Object.values(readTemplate(root).Resources).filter(
      ({ Type }) => Type === 'AWS::ApiGatewayV2::Route',
    );
    expect(routes.map((route) => (route['Properties'] as { RouteKey: string }).RouteKey)).toContain(
      'ANY /ack/{proxy+}',
    );
    expect(variablesOf('StatusLambdaFunction')).toMatchObject({ ACK_KEY_PARAMETER: '/burnwatch/ack-key' });
    expect(variablesOf('StatusLambdaFunction')).not.toHaveProperty('HEARTBEAT_KEY_PARAMETER');
  });

  it('tells the evaluation where they lead', () => {
    expect(variablesOf('EvaluateLambdaFunction')).toMatchObject({
      STATUS_URL: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
      ACK_KEY_PARAMETER: '/burnwatch/ack-key',
    });
  });

  itWithCfnLint('passes cfn-lint', () => {
    const { status, stdout } = cfnLint('--', templatePath(root));
    expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  });
});
