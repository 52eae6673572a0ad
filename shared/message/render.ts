import type { Transition } from '../alert/model.ts';
import type { Severity } from '../config/model.ts';
import { renderJson } from './json.ts';
import type { Message, Notice } from './model.ts';
import { renderSubject } from './subject.ts';
import { renderText } from './text.ts';

/**
 * Renders a notice for every reader: subject and text for people, JSON for machines. The same notice always gives the
 * same message. The severity is the worst of what it announces, resolutions included, so that whoever was told of a
 * page is told of its end.
 */
export function renderMessage(notice: Notice): Message {
  const severity: Severity = transitionsOf(notice).some((each) => each.severity === 'page') ? 'page' : 'ticket';
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
    ...(notice.drill !== undefined && { drill: notice.drill }),
  };
}

function transitionsOf({ items, whole }: Notice): readonly Transition[] {
  return [...items, ...whole].map(({ transition }) => transition);
}

/** The end of an incident comes with its last resolution, and is no news of its own beside it. */
function kindOf(notice: Notice): Message['kind'] {
  const kinds = new Set(transitionsOf(notice).map(({ kind }) => kind));
  if (kinds.size > 1) kinds.delete('closed');
  const [kind = 'mixed', ...others] = kinds;
  return others.length === 0 ? kind : 'mixed';
}
