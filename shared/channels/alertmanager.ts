import type { AlertmanagerChannel } from '../config/model.ts';
import { renderAlertmanager } from '../message/alertmanager.ts';
import { judgeStatus } from './answer.ts';
import type { Service } from './model.ts';
import { below, postJson } from './request.ts';

/** https://prometheus.io/docs/alerting/latest/alerts_api */
export const alertmanager: Service<AlertmanagerChannel> = {
  name: 'Alertmanager',
  compose: ({ url, auth }, message, { now }) => {
    const alerts = renderAlertmanager(message, now);
    if (alerts === undefined) return { skipped: 'Alertmanager knows alerts, and this is about an incident as a whole' };
    return { request: postJson(below(url, '/api/v2/alerts'), alerts, [], auth), secrets: [] };
  },
  judge: (response) =>
    judgeStatus(
      response,
      'Is /api/v2/alerts under this URL, and does it let in who sends (auth)? Its own log says what it refuses.',
    ),
};
