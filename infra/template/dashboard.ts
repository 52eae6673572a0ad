import type { Config, DashboardName } from '../../shared/config/model.ts';
import { chosenDashboards, dashboardBody } from './dashboards/index.ts';
import { dashboardUrlOf } from './dashboards/links.ts';
import { asJson } from './dashboards/model.ts';
import { withTokens } from './dashboards/tokens.ts';
import { nameOf, type Resource, type Resources, type Stack } from './model.ts';

/** The dashboards that are asked for, each a resource. The first keeps the logical id that it always had. */
export function dashboards(stack: Stack, config: Config): Resources {
  return Object.fromEntries(
    chosenDashboards(stack, config).map((name) => [idOf(name), dashboard(name, stack, config)]),
  );
}

/** `overview` is `OverviewDashboard`. */
const idOf = (name: DashboardName): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}Dashboard`;

function dashboard(name: DashboardName, stack: Stack, config: Config): Resource {
  return {
    Type: 'AWS::CloudWatch::Dashboard',
    Properties: {
      DashboardName: nameOf(stack, name),
      DashboardBody: withTokens(asJson(dashboardBody(name, stack, config))),
    },
  };
}

/** Where a person finds the one to look at first; the list of all where none is deployed. */
export function dashboardUrl(stack: Stack, config: Config): string {
  return dashboardUrlOf(stack, chosenDashboards(stack, config)[0] ?? '');
}
