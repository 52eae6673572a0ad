import type { Severity } from '../config/model.ts';
import { renderJson } from './json.ts';
import type { Message, Notice } from './model.ts';
import { renderSubject } from './subject.ts';
import { renderText } from './text.ts';
import { firedOf, resolvedOf } from './words.ts';

/**
 * Renders a notice for every reader: subject and text for people, JSON for machines. The same notice always gives the
 * same message. The severity is the worst of what it announces, resolutions included, so that whoever was told of a
 * page is told of its end.
 */
export function renderMessage(notice: Notice): Message {
  const severity: Severity = notice.items.some(({ transition }) => transition.severity === 'page') ? 'page' : 'ticket';
  const kind = kindOf(notice);
  const subject = renderSubject(notice);
  return {
    id: notice.id,
    subject,
    text: renderText(notice),
    json: renderJson(notice, { subject, kind, severity }),
    channels: notice.channels,
    severity,
    kind,
  };
}

function kindOf(notice: Notice): Message['kind'] {
  if (resolvedOf(notice).length === 0) return 'fired';
  return firedOf(notice).length === 0 ? 'resolved' : 'mixed';
}
