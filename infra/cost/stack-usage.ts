import { alarmUsage } from '../template/alarm-price.ts';
import { deadManAlarms } from '../template/alarms.ts';
import { chosenDashboards, dashboardBody, pricesOf, sizeOf } from '../template/dashboards/index.ts';
import { notifyResources } from '../template/notify.ts';
import { ours, type Scene, type Usage } from './usage.ts';

/** What is paid for by the month, whatever happens: alarms, dashboards beyond the free ones. */
export function stackUsage({ config, stack }: Scene): readonly Usage[] {
  const sizes = chosenDashboards(stack, config).map((name) => sizeOf(dashboardBody(name, stack, config)));
  const paid = pricesOf(sizes).filter((price) => price > 0).length;
  const resources = Object.values({ ...deadManAlarms(stack), ...notifyResources(stack, config) });
  const own = resources.filter(({ Type }) => Type === 'AWS::CloudWatch::Alarm');
  return [
    ours('alarms', 'alarms on the monitoring itself', 'alarm', own.length),
    ...(config.alarms ?? []).map((alarm) => {
      const { unit, metrics } = alarmUsage(alarm);
      return ours('alarms', 'plain alarms', unit, metrics, [`alarm/${alarm.id}`]);
    }),
    ...(paid > 0 ? [ours('dashboards', 'dashboards', 'dashboard', paid)] : []),
  ];
}
