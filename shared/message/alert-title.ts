/**
 * An alert's id in words: `monitor/api/0` is the alert of a monitor, `slo/api/page-1h` a burn rule, `coverage/api` lost
 * coverage, `location/us-east-1` a silent location, `burst/redirects/0` the alert of a burst, `drill/<id>` a drill, `path/alerts` one that did not come through.
 */
export function titleOf(alertId: string): string {
  const [kind, id = '', rule = ''] = alertId.split('/');
  switch (kind) {
    case 'monitor':
      return `${id} failing`;
    case 'slo':
      return `${id} burning (${rule.replace('-', ' ')})`;
    case 'burst':
      return `burst ${id} failed`;
    case 'alarm':
      return `${id} rings`;
    case 'coverage':
      return `${id} without results`;
    case 'location':
      return `location ${id} silent`;
    case 'drill':
      return `drill ${id}`;
    case 'path':
      return 'alerts may not arrive';
    default:
      return alertId;
  }
}
