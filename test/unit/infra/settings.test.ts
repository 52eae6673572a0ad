import { parseSettings } from '../../../infra/settings.ts';

const configured = {
  default: { config: 'monitors.yml', shortener: 'on', faults: 'off', retain: false, logRetentionDays: 30 },
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

  it.each([
    [['shortener=maybe'], '--param shortener: must be on or off, got maybe'],
    [['faults=true'], '--param faults: must be on or off, got true'],
    [['retain=on'], '--param retain: must be true or false, got on'],
    [['logRetentionDays=31'], /^--param logRetentionDays: must be one of 1, 3, 5, .* \(days\), got 31$/],
    [
      ['shortner=off'],
      '--param shortner: is not a parameter; there are config, shortener, faults, retain, logRetentionDays',
    ],
  ])('%p is refused', (given, message) => {
    expect(() => parseSettings(given, configured, 'dev')).toThrow(message);
  });

  it('every mistake is said at once', () => {
    expect(() => parseSettings(['faults=1', 'retain=2'], configured, 'dev')).toThrow(/faults.*\n.*retain/);
  });
});
