import { environmentOf } from '../../../infra/template/environment.ts';
import { withoutShortener } from '../../../infra/template/references.ts';
import type { Text } from '../../../shared/config/model.ts';
import { aBurst } from '../../support/burst.ts';
import { overMonitors } from '../../support/config.ts';
import { aConfig, aHeartbeat, aMonitor, aSlo } from './configs.ts';

const stack = {
  service: 'shortener',
  hasHeartbeats: false,
  hasLinks: false,
  isStatusOn: false,
  isBurstOn: false,
  isNotifyOn: false,
  isNotifyPrivate: false,
  isOneOfSeveral: false,
  isLarge: false,
  stage: 'dev',
  region: 'eu-west-1',
  isShortenerOn: true,
  areFaultsOn: false,
  isRetained: false,
  logRetentionDays: 30,
};
const at = (url: Text, id = 'site') => aMonitor({ id, request: { ...aMonitor().request, url } });

describe('what a function is told', () => {
  it('the probe: its table, and the outputs that its monitors use as expressions of the template', () => {
    expect(environmentOf('probe', aConfig(), stack)).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      OUTPUT_ShortenerUrl: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
    });
  });

  it('the probe of monitors without references: no outputs, even where there is no shortener', () => {
    const config = aConfig({ monitors: [at('https://example.com/')] });
    expect(environmentOf('probe', config, { ...stack, isShortenerOn: false })).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
    });
  });

  it('evaluate: the topic too, and where a person looks', () => {
    expect(environmentOf('evaluate', aConfig(), stack)).toEqual({
      LEDGER_TABLE: 'shortener-dev-ledger',
      ALERT_TOPIC_ARN: { Ref: 'AlertsTopic' },
      DASHBOARD_URL:
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/shortener-dev-overview',
      OUTPUT_ShortenerUrl: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
    });
  });

  it.each([
    [true, 'on'],
    [false, 'off'],
  ])('the shortener: faults enabled %s is %s, and writes always need the token', (areFaultsOn, FAULTS) => {
    expect(environmentOf('shortener', aConfig(), { ...stack, areFaultsOn })).toEqual({
      LINKS_TABLE: 'shortener-dev-links',
      WRITES: 'token',
      WRITE_TOKEN_PARAMETER: '/burnwatch/write-token',
      FAULTS,
    });
  });

  it('status: the table that keeps what is called, and the name of the parameter that holds the key', () => {
    const told = (change: Partial<typeof stack>) => environmentOf('status', aConfig(), { ...stack, ...change });
    const LEDGER_TABLE = 'shortener-dev-ledger';
    const [HEARTBEAT_KEY_PARAMETER, ACK_KEY_PARAMETER] = ['/burnwatch/heartbeat-key', '/burnwatch/ack-key'];
    expect(told({ hasHeartbeats: true })).toEqual({ LEDGER_TABLE, HEARTBEAT_KEY_PARAMETER });
    expect(told({ hasLinks: true })).toEqual({ LEDGER_TABLE, ACK_KEY_PARAMETER });
  });

  it('evaluate where an SLO counts metrics: the outputs that their dimensions name', () => {
    const indicator = {
      kind: 'cloudwatch',
      namespace: 'AWS/ApiGateway',
      dimensions: { ApiId: [{ output: 'ApiId' }] },
      counts: { bad: '5xx', total: 'Count' },
    } as const;
    const told = environmentOf('evaluate', aConfig({ monitors: [], slos: [{ ...aSlo('gateway'), indicator }] }), stack);
    expect(told).toMatchObject({ OUTPUT_ApiId: { Ref: 'HttpApi' } });
    // A burst finds what was counted of them under the same names.
    const slos = [{ ...aSlo('gateway'), indicator }];
    const sent = (required: readonly string[]) =>
      environmentOf(
        'burst',
        aConfig({ monitors: [], slos, bursts: [aBurst({ requireBudget: { leftPpm: 1, slos: required } })] }),
        stack,
      );
    expect(sent(['gateway'])).toMatchObject({ OUTPUT_ApiId: { Ref: 'HttpApi' } });
    expect(sent([])).not.toHaveProperty('OUTPUT_ApiId');
  });

  it('evaluate where messages carry links: where they lead, and the name of the parameter that holds their key', () => {
    expect(environmentOf('evaluate', aConfig(), { ...stack, hasLinks: true })).toMatchObject({
      STATUS_URL: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] },
      ACK_KEY_PARAMETER: '/burnwatch/ack-key',
    });
  });

  it('the probe of a monitor that asks the status function: its address, once there is a heartbeat', () => {
    const asking = at([{ output: 'StatusUrl' }, '/']);
    const told = environmentOf('probe', aConfig({ monitors: [asking, aHeartbeat()] }), { ...stack, isStatusOn: true });
    expect(told).toMatchObject({ OUTPUT_StatusUrl: { 'Fn::GetAtt': ['HttpApi', 'ApiEndpoint'] } });
    expect(() => environmentOf('probe', aConfig({ monitors: [asking] }), stack)).toThrow(
      '${output:StatusUrl}, used by site: the stack has no such output; it has ShortenerUrl and ApiId',
    );
  });

  it('an output that the stack does not have is refused, with the monitors that use it', () => {
    const monitors = [at([{ output: 'ShortnerUrl' }, '/a'], 'b'), at([{ output: 'ShortnerUrl' }], 'a')];
    expect(() => environmentOf('probe', aConfig({ monitors }), stack)).toThrow(
      '${output:ShortnerUrl}, used by a, b: the stack has no such output; it has ShortenerUrl and ApiId',
    );
  });
});

describe('the monitoring alone, without the shortener', () => {
  const ours = at([{ output: 'ShortenerUrl' }, '/'], 'ours');
  const theirs = at('https://example.com/', 'theirs');
  const over = (id: string, ...monitors: string[]) => ({ ...aSlo(id), indicator: overMonitors(...monitors) });
  const span = { startMinute: 0, durationMs: 1, every: ['sunday'], timezone: 'UTC', reason: 'backup' } as const;

  it('leaves out what asks the shortener, and says what', () => {
    const { config, left } = withoutShortener(
      aConfig({
        monitors: [ours, theirs],
        slos: [over('both', 'ours', 'theirs'), over('one', 'ours')],
        maintenance: [
          { ...span, monitors: ['ours'] },
          { ...span, monitors: ['ours', 'theirs'] },
        ],
      }),
    );
    expect(left).toEqual(['ours', 'one']);
    expect(config).toEqual(
      aConfig({
        monitors: [theirs],
        slos: [over('both', 'theirs')],
        maintenance: [{ ...span, monitors: ['theirs'] }],
      }),
    );
  });

  it('leaves out SLOs over metrics of its API and over bursts that are gone, and bursts that ask for the budget of one', () => {
    const metrics = (id: string, ApiId: Text) => ({
      ...aSlo(id),
      indicator: {
        kind: 'cloudwatch',
        namespace: 'A',
        dimensions: { ApiId },
        counts: { bad: 'b', total: 't' },
      } as const,
    });
    const runs = (id: string, ...bursts: string[]) => ({ ...aSlo(id), indicator: { kind: 'bursts', bursts } as const });
    const sending = (id: string, url: Text, ...slos: string[]) =>
      aBurst({
        id,
        mix: [{ weight: 1, request: { ...aMonitor().request, url } }],
        ...(slos.length > 0 ? { requireBudget: { leftPpm: 1, slos } } : {}),
      });
    const { config, left } = withoutShortener(
      aConfig({
        monitors: [theirs],
        slos: [
          metrics('gateway', [{ output: 'ApiId' }]),
          metrics('other', 'abc'),
          runs('load', 'lean', 'own'),
          runs('lone', 'lean'),
          runs('deep', 'deeper'),
        ],
        bursts: [
          sending('lean', [{ output: 'ShortenerUrl' }, '/demo']),
          sending('own', 'https://example.com/'),
          sending('deeper', 'https://example.com/', 'lone'),
        ],
      }),
    );
    expect(left).toEqual(['gateway', 'lone', 'deep', 'lean', 'deeper']);
    expect(config.slos).toEqual([metrics('other', 'abc'), runs('load', 'own')]);
    expect(config.bursts.map(({ id }) => id)).toEqual(['own']);
  });

  it('keeps a monitor whose output nobody knows, so that it is refused', () => {
    const odd = at([{ output: 'Nowhere' }], 'odd');
    expect(withoutShortener(aConfig({ monitors: [odd], slos: [] })).config.monitors).toEqual([odd]);
  });
});
