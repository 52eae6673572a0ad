import { packageAlarms } from '../../shared/app/notify/alarm.ts';
import type { Config, Json } from '../../shared/config/model.ts';
import { dashboardUrl } from './dashboard.ts';
import { type FunctionName, functionsOf, getAtt, nameOf, ref, type Stack } from './model.ts';
import { undeliveredName } from './notify.ts';
import { alarmUsers, burstUsers, monitorUsers, outputVariables, requiredSlos, sloUsers } from './references.ts';

/** SSM parameter whose value makes the tokens in the addresses of heartbeats. */
export const heartbeatKeyParameter = '/burnwatch/heartbeat-key';

/** SSM parameter whose value signs the links by which incidents are acknowledged. */
export const acknowledgeKeyParameter = '/burnwatch/ack-key';

/** SSM parameter whose value scrapers of `/metrics` carry. */
export const metricsTokenParameter = '/burnwatch/metrics-token';

type Variables = Readonly<Record<string, Json>>;

/** SSM parameter whose value the shortener asks for on everything under /links and /faults. */
export const writeTokenParameter = '/burnwatch/write-token';

/**
 * What a function is told of its surroundings, beside the service and the environment that all are told. Outputs of
 * this very stack are CloudFormation expressions, everything else is plain text, known before anything is deployed.
 */
export function environmentOf(name: FunctionName, config: Config, stack: Stack): Variables {
  switch (name) {
    case 'probe':
      return {
        LEDGER_TABLE: nameOf(stack, 'ledger'),
        ...(stack.elsewhere ? { BURNWATCH_HOME_REGION: stack.elsewhere.home } : {}),
        ...outputVariables(monitorUsers(config), stack),
      };
    case 'evaluate':
      return {
        LEDGER_TABLE: nameOf(stack, 'ledger'),
        ALERT_TOPIC_ARN: ref('AlertsTopic'),
        DASHBOARD_URL: dashboardUrl(stack, config),
        ...(stack.hasLinks
          ? { STATUS_URL: getAtt('HttpApi', 'ApiEndpoint'), ACK_KEY_PARAMETER: acknowledgeKeyParameter }
          : {}),
        ...outputVariables([...monitorUsers(config), ...burstUsers(config), ...sloUsers(config)], stack),
      };
    case 'shortener':
      return {
        LINKS_TABLE: nameOf(stack, 'links'),
        WRITES: 'token',
        WRITE_TOKEN_PARAMETER: writeTokenParameter,
        FAULTS: stack.areFaultsOn ? 'on' : 'off',
        ...stack.shortenerVariables,
      };
    case 'burst':
      return {
        LEDGER_TABLE: nameOf(stack, 'ledger'),
        ...outputVariables([...burstUsers(config), ...sloUsers({ slos: requiredSlos(config) })], stack),
      };
    case 'notify':
      return {
        LEDGER_TABLE: nameOf(stack, 'ledger'),
        ALERT_TOPIC_ARN: ref('AlertsTopic'),
        UNDELIVERED_QUEUE: undeliveredName(stack),
        ...alarmVariables({ ...config, alarms: packageAlarms(config) }, stack),
      };
    case 'status':
      return {
        LEDGER_TABLE: nameOf(stack, 'ledger'),
        ...(stack.hasHeartbeats ? { HEARTBEAT_KEY_PARAMETER: heartbeatKeyParameter } : {}),
        ...(stack.hasLinks ? { ACK_KEY_PARAMETER: acknowledgeKeyParameter } : {}),
        ...(stack.areMetricsOn ? metricsVariables(config, stack) : {}),
      };
    default:
      return name satisfies never;
  }
}

/** What messages about alarms say beside what CloudWatch tells of them. */
function alarmVariables(config: Config, stack: Stack): Variables {
  if (config.alarms?.length === 0) return {};
  return { DASHBOARD_URL: dashboardUrl(stack, config), ...outputVariables(alarmUsers(config), stack) };
}

function metricsVariables(config: Config, stack: Stack): Variables {
  return {
    METRICS_TOKEN_PARAMETER: metricsTokenParameter,
    METRICS_FUNCTIONS: functionsOf(stack).join(),
    ...outputVariables(sloUsers(config), stack),
    ...(stack.isShortenerOn ? { OUTPUT_ApiId: ref('HttpApi') } : {}),
  };
}
