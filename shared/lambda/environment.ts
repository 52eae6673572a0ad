import { BurnwatchError } from '../config/model.ts';

/** A variable that the function cannot do without. Throws BURN_ENVIRONMENT_MISSING with its name. */
export function requireVariable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new BurnwatchError(
    'BURN_ENVIRONMENT_MISSING',
    `the environment variable ${name} is not set; serverless.yml sets it, by hand it is given with -e ${name}=…`,
  );
}

/** A variable that says something only where it is set, and not empty. */
export function readVariable(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** The value of an output of this very stack, which the template puts into `OUTPUT_<Name>`. */
export function readOutput(name: string): string | undefined {
  const value = process.env[`OUTPUT_${name}`];
  return value === '' ? undefined : value;
}

/** What clients of AWS are made with that keep what was found: the region of home, where the function runs in another one. */
export function readHome(): { readonly region?: string } {
  const region = readVariable('BURNWATCH_HOME_REGION');
  return region === undefined ? {} : { region };
}

/** The region in which the function runs, which is the location of its probes; `local` where nothing says. */
export function readLocation(): string {
  return process.env['AWS_REGION'] || 'local';
}
