import { run } from '../../../infra/cli/main.ts';
import { faultsOf } from '../../support/dashboard-schema.ts';
import { createIo } from './io.ts';

async function call(...argv: string[]) {
  const { io, written } = createIo();
  return { code: await run(['dashboards', ...argv], io), ...written };
}

describe('burnwatch dashboards', () => {
  it('lists the question, the size and the price of each, and marks those that are deployed', async () => {
    const { code, stdout, stderr } = await call();
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^\* {2}overview +\d+ +\d+ +free {2}Are we up, and if not, what is it\?$/m);
    expect(stdout).toMatch(/^ {3}runtime +\d+ +\d+ +\$3\.00 {2}Are our own processes well\?$/m);
    expect(stdout).toContain('* is deployed: $0.00 a month together');
  });

  it('says the same as JSON', async () => {
    const { stdout } = await call('--json');
    const { dashboards, perMonth } = JSON.parse(stdout);
    expect(perMonth).toBe(0);
    expect(dashboards.map((one: { name: string; deployed: boolean }) => [one.name, one.deployed])).toEqual([
      ['overview', true],
      ['monitors', false],
      ['slos', true],
      ['bursts', false],
      ['application', true],
      ['runtime', false],
      ['infrastructure', false],
    ]);
  });

  it('prints the body of one for another environment, with names for what only AWS knows', async () => {
    const { stdout } = await call('--body', 'overview', '--stage', 'prod', '--region', 'eu-west-1');
    expect(stdout).toContain('"Environment","prod"');
    expect(stdout).toContain(
      'arn:${AWS::Partition}:cloudwatch:eu-west-1:${AWS::AccountId}:alarm:shortener-prod-probe-dead',
    );
    const filled = stdout.replaceAll('${AWS::Partition}', 'aws').replaceAll('${AWS::AccountId}', '123456789012');
    expect(faultsOf(JSON.parse(filled))).toEqual([]);
  });

  it.each([
    [['--body', 'slo'], 'no dashboard is called "slo"; did you mean "slos"?'],
    [['--body', 'x'], 'no dashboard is called "x"; there are overview, monitors'],
    [['--config', 'nowhere.yml'], 'there is no file nowhere.yml'],
  ])('refuses %j', async (argv, message) => {
    const { code, stdout, stderr } = await call(...argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });
});
