import type { SlackChannel } from '../config/model.ts';
import { renderSlack } from '../message/slack.ts';
import { answerText, judgeStatus } from './answer.ts';
import type { Service } from './model.ts';
import { postJson } from './request.ts';

/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export const slack: Service<SlackChannel> = {
  name: 'Slack',
  compose: ({ url }, message) => ({ request: postJson(url, renderSlack(message)), secrets: [] }),
  judge: (response) => {
    const mend =
      'The webhook is gone, or may not post there: make another one, and put its URL into the SSM parameter.';
    const verdict = judgeStatus(response, mend);
    // It answers 200 and "ok": anything else with a 200 is something else that answers.
    if (!verdict.isTaken || answerText(response) === 'ok') return verdict;
    return {
      isTaken: false,
      isFinal: true,
      mend: 'Is this the URL of an incoming webhook of Slack? Its answer is no "ok".',
    };
  },
};
