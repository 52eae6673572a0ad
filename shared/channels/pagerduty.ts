import type { PagerDutyChannel } from '../config/model.ts';
import { renderPagerDuty } from '../message/pagerduty.ts';
import { judgeStatus } from './answer.ts';
import type { Service } from './model.ts';
import { below, postJson } from './request.ts';

/** https://developer.pagerduty.com/docs/events-api-v2-overview: 202 once it has the event, 429 when it gets too many. */
export const pagerduty: Service<PagerDutyChannel> = {
  name: 'PagerDuty',
  compose: ({ url, routingKey }, message) => {
    const event = renderPagerDuty(message);
    if (event === undefined) return { skipped: 'PagerDuty is told of the end of an incident, and this one goes on' };
    const keyed = { routing_key: '', ...(event as object) };
    return {
      request: postJson(below(url, '/v2/enqueue'), keyed, [{ path: ['routing_key'], text: routingKey }]),
      secrets: [],
    };
  },
  judge: (response) =>
    judgeStatus(
      response,
      'Is the routing key that of an integration of type Events API v2, and the URL that of its region?',
    ),
};
