import { help, parseFlags } from '../../../infra/local/flags.ts';

describe('the flags', () => {
  it('have the defaults that the help names', () => {
    expect(parseFlags([])).toEqual({
      consolePort: 4000,
      appPort: 4001,
      awsPort: 4566,
      data: '.burnwatch',
      isFresh: false,
      config: 'monitors.yml',
    });
    for (const text of ['4000', '4001', '4566', '.burnwatch', 'monitors.yml'])
      expect(help).toContain(`default ${text}`);
  });

  it('are all taken', () => {
    const argv = '--console-port 0 --app-port=1 --aws-port 65535 --data d --fresh --config c.yml --interval 10s'.split(
      ' ',
    );
    expect(parseFlags(argv)).toEqual({
      consolePort: 0,
      appPort: 1,
      awsPort: 65_535,
      data: 'd',
      isFresh: true,
      config: 'c.yml',
      intervalMs: 10_000,
    });
  });

  it.each([['--help'], ['-h']])('ask for help before anything else: %s', (flag) => {
    expect(parseFlags(['--console-port', 'x', flag])).toBe('help');
  });

  it('may ask for any number of free ports', () => {
    const free = { consolePort: 0, appPort: 0, awsPort: 0 };
    expect(parseFlags(['--console-port=0', '--app-port=0', '--aws-port=0'])).toMatchObject(free);
  });

  it.each([
    [['--console-port', '65536'], '--console-port must be a port from 0 to 65535, got "65536"'],
    [['--app-port', 'x'], '--app-port must be a port from 0 to 65535, got "x"'],
    [['--aws-port', '-1'], 'npm start --aws-port must not be negative, got "-1": see npm start -- --help'],
    [['--aws-port', '1.5'], '--aws-port must be a port from 0 to 65535, got "1.5"'],
    [['--data', ''], '--data must name a path, got nothing'],
    [['--interval', '500ms'], '--interval must be 1s to 1h in whole seconds, as in 10s, got "500ms"'],
    [['--interval', '1500ms'], '--interval must be 1s to 1h in whole seconds, as in 10s, got "1500ms"'],
    [['--interval', '2h'], '--interval must be 1s to 1h in whole seconds, as in 10s, got "2h"'],
    [['--interval', '10'], '--interval must be 1s to 1h in whole seconds, as in 10s, got "10"'],
    [['--interval', '90s'], '--interval above a minute must be in whole minutes, as in 5m, got "90s"'],
    [['--intervall', '10s'], 'npm start has no option "--intervall"; did you mean "--interval"?'],
    [['--verbose'], 'npm start has no option "--verbose": see npm start -- --help'],
    [['--fresh=yes'], 'npm start --fresh takes no value: see npm start -- --help'],
    [['--aws-port', '4000'], '--console-port, --app-port and --aws-port must differ, got 4000 twice'],
    [['x'], 'npm start does not take "x": see npm start -- --help'],
    [['--interval'], 'npm start --interval needs a value: see npm start -- --help'],
  ])('%j are refused in one line', (argv, message) => {
    expect(() => parseFlags(argv)).toThrow(new Error(message));
  });
});
