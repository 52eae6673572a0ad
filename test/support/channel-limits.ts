/**
 * What each service documents of the bodies that it takes, as a list of what is wrong with one: the servers of the tests refuse a
 * body for any of it, as the services do.
 */
type Problems = string[];
type Fields = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Block Kit: https://docs.slack.dev/reference/block-kit/blocks */
export function slackProblems(body: unknown): Problems {
  if (!isMap(body)) return ['no object'];
  const { text, blocks } = body;
  const problems = typeof text === 'string' && text !== '' ? textProblems(text, 40_000) : ['no text'];
  const all = list(blocks);
  if (all.length === 0 || all.length > 50) problems.push(`${all.length} blocks`);
  return [...problems, ...all.flatMap(blockProblems)];
}

function blockProblems(block: unknown): Problems {
  if (!isMap(block)) return ['a block is no object'];
  switch (block['type']) {
    case 'header':
      return objectProblems(block['text'], 150, ['plain_text']);
    case 'context':
      return many(block['elements'], 10, (each) => objectProblems(each, 3_000));
    case 'section':
      if (block['text'] === undefined && list(block['fields']).length === 0) return ['an empty section'];
      return [
        ...(block['text'] === undefined ? [] : objectProblems(block['text'], 3_000)),
        ...(block['fields'] === undefined ? [] : many(block['fields'], 10, (each) => objectProblems(each, 2_000))),
      ];
    case 'actions':
      return many(block['elements'], 25, buttonProblems);
    case 'rich_text':
      return JSON.stringify(block).length > 4_000 ? ['a rich text that is too long'] : [];
    default:
      return [`the block ${String(block['type'])}`];
  }
}

function many(value: unknown, most: number, each: (one: unknown) => Problems): Problems {
  const all = list(value);
  return [...(all.length === 0 || all.length > most ? [`${all.length} of at most ${most}`] : []), ...all.flatMap(each)];
}

function buttonProblems(button: unknown): Problems {
  if (!isMap(button)) return ['no button'];
  const { url, type, text } = button;
  const isUrl = typeof url === 'string' && url.length <= 3_000 && URL.canParse(url) && /^https?:/.test(url);
  return [
    ...(type === 'button' ? [] : ['no button']),
    ...(isUrl ? [] : ['a bad url']),
    ...objectProblems(text, 75, ['plain_text']),
  ];
}

function objectProblems(object: unknown, most: number, types = ['plain_text', 'mrkdwn']): Problems {
  if (!isMap(object) || typeof object['text'] !== 'string') return ['no text object'];
  const { type, text, emoji, verbatim } = object;
  if (!types.includes(String(type))) return [`a text of type ${String(type)}`];
  if (emoji !== undefined && type !== 'plain_text') return ['emoji beside mrkdwn'];
  if (verbatim !== undefined && type !== 'mrkdwn') return ['verbatim beside plain_text'];
  return textProblems(String(text), most);
}

/** Every `<`, `>` and `&` is escaped: https://docs.slack.dev/messaging/formatting-message-text#escaping */
function textProblems(text: string, most: number): Problems {
  return [
    ...(text.length === 0 || text.length > most ? [`a text of ${text.length} of at most ${most}`] : []),
    ...(/[<>]|&(?!(?:amp|lt|gt);)/.test(text) ? [`markup in ${JSON.stringify(text)}`] : []),
  ];
}

/** Events API v2: https://developer.pagerduty.com/docs/send-alert-event */
export function pagerDutyProblems(body: unknown, isKeyed = true): Problems {
  if (!isMap(body)) return ['no object'];
  const { routing_key: key, dedup_key: dedup, event_action: action, payload, links = [] } = body;
  return [
    ...(!isKeyed || (typeof key === 'string' && key.length === 32) ? [] : ['no routing key']),
    ...(typeof dedup === 'string' && dedup !== '' && dedup.length <= 255 ? [] : ['no dedup key']),
    ...(Buffer.byteLength(JSON.stringify(body)) > 512 * 1_024 ? ['larger than 512 KB'] : []),
    ...(action === 'trigger' ? payloadProblems(payload) : []),
    ...(action === 'acknowledge' || action === 'resolve' || action === 'trigger' ? [] : [`action ${String(action)}`]),
    ...list(links).flatMap((link) => (isMap(link) && /^https?:/.test(String(link['href'])) ? [] : ['a bad link'])),
  ];
}

function payloadProblems(payload: unknown): Problems {
  if (!isMap(payload)) return ['no payload'];
  const { summary, source, severity, timestamp } = payload;
  return [
    ...(typeof summary === 'string' && summary !== '' && summary.length <= 1_024 ? [] : ['no summary, or a long one']),
    ...(typeof source === 'string' && source !== '' ? [] : ['no source']),
    ...(['critical', 'error', 'warning', 'info'].includes(String(severity)) ? [] : [`severity ${String(severity)}`]),
    ...(Number.isNaN(Date.parse(String(timestamp))) ? ['no timestamp'] : []),
  ];
}

/** An adaptive card for a workflow, 28 KB as Teams counts: https://learn.microsoft.com/en-us/connectors/teams */
export function teamsProblems(body: unknown): Problems {
  if (!isMap(body) || body['type'] !== 'message') return ['no message'];
  const [attachment, ...more] = list(body['attachments']);
  const card = isMap(attachment) ? attachment['content'] : undefined;
  if (more.length > 0 || !isMap(attachment) || !isMap(card)) return ['not one attachment'];
  return [
    ...(attachment['contentType'] === 'application/vnd.microsoft.card.adaptive' ? [] : ['no adaptive card']),
    ...(card['type'] === 'AdaptiveCard' && card['version'] === '1.4' ? [] : ['another version']),
    ...(Buffer.byteLength(JSON.stringify(body), 'utf16le') > 28 * 1_024 ? ['larger than 28 KB'] : []),
    ...list(card['body']).flatMap(elementProblems),
    ...list(card['actions']).flatMap((action) =>
      isMap(action) && action['type'] === 'Action.OpenUrl' && /^https?:/.test(String(action['url']))
        ? []
        : ['a bad action'],
    ),
    ...(list(card['actions']).length > 6 ? ['more than six actions'] : []),
  ];
}

/** Markdown is read in text blocks and facts, and in runs of text it is not. */
function elementProblems(element: unknown): Problems {
  if (!isMap(element) || element['type'] !== 'RichTextBlock') return ['an element that reads Markdown'];
  const runs = list(element['inlines']);
  const isRun = (run: unknown) => isMap(run) && run['type'] === 'TextRun' && typeof run['text'] === 'string';
  return runs.length > 0 && runs.every(isRun) ? [] : ['no run of text'];
}

/** API v2: https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml */
export function alertmanagerProblems(body: unknown): Problems {
  if (!Array.isArray(body) || body.length === 0) return ['no alerts'];
  return body.flatMap((alert: unknown) => {
    if (!isMap(alert)) return ['no alert'];
    const { labels, annotations, startsAt, endsAt, generatorURL } = alert;
    const [start, end] = [Date.parse(String(startsAt)), Date.parse(String(endsAt))];
    return [
      ...pairProblems(labels),
      ...(isMap(labels) && typeof labels['alertname'] === 'string' ? [] : ['no alertname']),
      ...pairProblems(annotations),
      ...(start <= end ? [] : ['it ends before it starts']),
      ...(generatorURL === undefined || URL.canParse(String(generatorURL)) ? [] : ['a bad generatorURL']),
    ];
  });
}

function pairProblems(pairs: unknown): Problems {
  if (!isMap(pairs)) return ['no labels'];
  const isBad = ([name, value]: [string, unknown]) =>
    !/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) || typeof value !== 'string' || value === '';
  return Object.entries(pairs)
    .filter(isBad)
    .map(([name]) => `the label ${name}`);
}
