import { parseSettings } from '../../../infra/settings.ts';

const key = 'arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const configured = {
  default: {
    ...{ config: 'monitors.yml', shortener: 'on', faults: 'off', retain: false, logRetentionDays: 30 },
    ...{ metrics: 'off', telemetry: 'lean', savedQueries: 'on' },
  },
  prod: { retain: true },
};

describe('settings of an environment', () => {
  it('are the defaults of serverless.yml when nothing is typed', () => {
    expect(parseSettings([], configured, 'dev')).toEqual({
      config: 'monitors.yml',
      isShortenerOn: true,
      areFaultsOn: false,
      isRetained: false,
      logRetentionDays: 30,
      areMetricsOn: false,
      telemetry: 'lean',
      areQueriesSaved: true,
    });
  });

  it('differ by environment, and what is typed wins over both', () => {
    expect(parseSettings([], configured, 'prod').isRetained).toBe(true);
    expect(parseSettings(['retain=false', 'faults=on', 'config=a=b.yml'], configured, 'prod')).toMatchObject({
      isRetained: false,
      areFaultsOn: true,
      config: 'a=b.yml',
    });
  });

  it('know the repository, without the slash at its end', () => {
    const given = ['repository=https://example.com/burnwatch/blob/main/'];
    expect(parseSettings(given, configured, 'dev').repository).toBe('https://example.com/burnwatch/blob/main');
  });

  it('tell the shortener what it is to be told, and nothing of what is left open', () => {
    const given = ['corsOrigins=https://app.example.com', 'throttleApi=50'];
    expect(parseSettings(given, configured, 'dev').shortenerVariables).toEqual({
      CORS_ORIGINS: 'https://app.example.com',
      THROTTLE_API_PER_SECOND: '50',
    });
  });

  it.each([
    [
      ['corsOrigins=example.com'],
      '--param corsOrigins: set CORS_ORIGINS to * or to origins such as https://example.com with commas, not example.com',
    ],
    [['throttleApi=many'], '--param throttleApi: set THROTTLE_API_PER_SECOND to a number from 0 to 10000'],
    [['throttleMisses=-1'], '--param throttleMisses: set THROTTLE_MISSES_PER_SECOND to a number from 0 to 10000'],
    [['shortener=maybe'], '--param shortener: must be on or off, got maybe'],
    [['faults=true'], '--param faults: must be on or off, got true'],
    [['metrics=yes'], '--param metrics: must be on or off, got yes'],
    [['telemetry=rich'], '--param telemetry: must be logs or lean or full, got rich'],
    [['retain=on'], '--param retain: must be true or false, got on'],
    [['logRetentionDays=31'], /^--param logRetentionDays: must be one of 1, 3, 5, .* \(days\), got 31$/],
    [
      ['shortner=off'],
      '--param shortner: is not a parameter; there are config, shortener, faults, retain, logRetentionDays, repository, metrics, telemetry, savedQueries, vpcSubnets, vpcSecurityGroups',
    ],
    [
      ['encryption=alias/mine'],
      '--param encryption: must be ARNs of KMS keys with commas between (aws kms describe-key --key-id alias/NAME --query KeyMetadata.Arn prints that of an alias), got alias/mine',
    ],
    [[`encryption=${key},${key}`], '--param encryption: must be one key a region, got two of eu-west-1'],
    [['delete=yes'], '--param delete: must be true or false, got yes'],
    [['repository=http://example.com'], '--param repository: must be a plain https URL, got http://example.com'],
    [['repository=https://a.example/)x'], '--param repository: must be a plain https URL, got https://a.example/)x'],
    [['vpcSubnets=subnet-01234567'], '--param vpcSecurityGroups: is needed beside vpcSubnets'],
    [['vpcSecurityGroups=sg-01234567'], '--param vpcSubnets: is needed beside vpcSecurityGroups'],
    [
      ['vpcSubnets=subnet-01234567,vpc-01234567', 'vpcSecurityGroups=sg-01234567'],
      '--param vpcSubnets: must be ids such as subnet-0123456789abcdef0 with commas between, got vpc-01234567',
    ],
    [
      ['vpcSubnets=subnet-01234567', 'vpcSecurityGroups=sg-1'],
      '--param vpcSecurityGroups: must be ids such as sg-0123456789abcdef0 with commas between, got sg-1',
    ],
    [
      ['vpcSubnets=subnet-01234567', `vpcSecurityGroups=${Array.from({ length: 6 }, (_, i) => `sg-0000000${i}`)}`],
      '--param vpcSecurityGroups: must be at most 5, got 6',
    ],
  ])('%p is refused', (given, message) => {
    expect(() => parseSettings(given, configured, 'dev')).toThrow(message);
  });

  it('name the network that probes are sent from, which is none by default', () => {
    const vpc = ['vpcSubnets=subnet-01234567, subnet-89abcdef', 'vpcSecurityGroups=sg-0123456789abcdef0'];
    expect(parseSettings(vpc, configured, 'dev').vpc).toEqual({
      subnetIds: ['subnet-01234567', 'subnet-89abcdef'],
      securityGroupIds: ['sg-0123456789abcdef0'],
    });
    expect(parseSettings(['vpcSubnets='], configured, 'dev').vpc).toBeUndefined();
  });

  it('name the keys of one’s own, which are none by default', () => {
    expect(parseSettings([`encryption=${key}`], configured, 'dev').encryptionKeys).toEqual([key]);
    expect(parseSettings([], configured, 'dev').encryptionKeys).toBeUndefined();
  });

  it('know that a deletion is meant only where it was typed', () => {
    expect(parseSettings(['delete=true'], configured, 'dev').isDeletionMeant).toBe(true);
    expect(parseSettings(['delete=false'], configured, 'dev').isDeletionMeant).toBeUndefined();
    expect(() => parseSettings([], { ...configured, dev: { delete: true } }, 'dev')).toThrow(
      '--param delete: is typed with the command, and not kept in serverless.yml',
    );
  });

  it('every mistake is said at once', () => {
    expect(() => parseSettings(['faults=1', 'retain=2'], configured, 'dev')).toThrow(/faults.*\n.*retain/);
  });
});
