import { assumptions } from './assumptions.ts';
import { alike, requestsPerMonth } from './requests.ts';
import { type Scene, theirs, type Usage } from './usage.ts';

const { target, logBytes } = assumptions;

/**
 * What probes cost the targets, priced as if each were an HTTP API with a function of 256 MB and a read of DynamoDB, as the
 * shortener is: whoever pays for a target of another kind knows better.
 */
export function probedUsage({ config }: Scene): readonly Usage[] {
  const asking = config.monitors.filter(({ type }) => type === 'http' || type === 'flow');
  return alike(asking).flatMap(({ one, count, of }) =>
    asked('probes', count * requestsPerMonth(one), logBytes.request, of),
  );
}

/** The same of bursts. */
export function loadedUsage({ bursts }: Scene): readonly Usage[] {
  return bursts.flatMap(({ burst, month, load }) =>
    asked('bursts', month.runs * load.requests, 0, [`burst/${burst.id}`]),
  );
}

/** `lineBytes` of the app's own lines a request: of a load it writes a few a second, whatever the rate. */
function asked(by: string, requests: number, lineBytes: number, of: readonly string[]): readonly Usage[] {
  const what = `requests of ${by}`;
  return [
    theirs('api', what, 'apiRequest', requests, of),
    theirs('lambda', what, 'invocation', requests, of),
    theirs('lambda', what, 'gigabyteSecond', requests * target.seconds * target.gigabytes, of),
    theirs('dynamodb', what, 'readUnit', requests * target.reads, of),
    theirs('logs', what, 'logGigabyte', (requests * (lineBytes + logBytes.platform)) / 1e9, of),
  ];
}
