import type { TeamsChannel } from '../config/model.ts';
import { renderTeams } from '../message/teams.ts';
import { judgeStatus } from './answer.ts';
import type { Service } from './model.ts';
import { postJson } from './request.ts';

/** The webhook of a workflow answers 202 before anything is posted: whether it posts, its own run history says. */
export const teams: Service<TeamsChannel> = {
  name: 'Teams',
  compose: ({ url }, message) => ({ request: postJson(url, renderTeams(message)), secrets: [] }),
  judge: (response) =>
    judgeStatus(
      response,
      'The workflow is gone, or off, or has another URL: look at it in Teams, and put its URL into the SSM parameter.',
    ),
};
