import {
  type Alarm,
  type Burst,
  type Channel,
  type HttpRequest,
  type Indicator,
  isOwn,
  type Monitor,
  type Reference,
  type RequestBody,
  type Text,
  type TlsSettings,
} from './model.ts';

/** Every text of a monitor that may hold references, in the order in which they are sent. */
export function textsOf(monitor: Monitor): readonly Text[] {
  switch (monitor.type) {
    case 'http':
      return requestTexts(monitor.request);
    case 'flow':
      return monitor.steps.flatMap(({ request }) => requestTexts(request));
    case 'tcp': {
      const { host, dialogue, tls } = monitor.request;
      const sent = dialogue.flatMap((step) => ('send' in step ? [step.send] : []));
      return [host, ...sent, ...tlsTexts(tls)];
    }
    case 'tls':
      return [monitor.request.host, ...tlsTexts(monitor.request.tls)];
    case 'dns':
      return monitor.request.server === undefined ? [] : [monitor.request.server];
    case 'heartbeat':
      return [];
    default:
      return monitor satisfies never;
  }
}

/** The references in all that a monitor sends. */
export function referencesOf(monitor: Monitor): readonly Reference[] {
  return referencesIn(textsOf(monitor));
}

/** Every text of the requests of a burst that may hold references. Those of the flows in its mix are those of their monitors. */
export function textsOfBurst({ mix }: Pick<Burst, 'mix'>): readonly Text[] {
  return mix.flatMap((unit) => ('request' in unit ? requestTexts(unit.request) : []));
}

/** The references in all requests of a burst, its flows left to `referencesOf`. */
export function referencesOfBurst(burst: Pick<Burst, 'mix'>): readonly Reference[] {
  return referencesIn(textsOfBurst(burst));
}

/** The references in what an SLO asks CloudWatch for. */
export function referencesOfIndicator(indicator: Indicator): readonly Reference[] {
  return indicator.kind === 'cloudwatch' ? referencesIn(Object.values(indicator.dimensions)) : [];
}

/** The references in the dimensions of what an alarm watches. */
export function referencesOfAlarm({ watches }: Pick<Alarm, 'watches'>): readonly Reference[] {
  return referencesIn(Object.values(watches.dimensions).flatMap((value) => (isOwn(value) ? [] : [value])));
}

/** The references in what is sent to a channel. */
export function referencesOfChannel(channel: Channel): readonly Reference[] {
  return referencesIn(channelTexts(channel));
}

function channelTexts(channel: Channel): readonly Text[] {
  switch (channel.type) {
    case 'email':
      return [];
    case 'slack':
    case 'teams':
      return [channel.url];
    case 'pagerduty':
      return [channel.url, channel.routingKey];
    case 'alertmanager':
      return [channel.url, ...(channel.auth ? authTexts(channel.auth) : [])];
    case 'webhook':
      return [channel.url, channel.secret];
    default:
      return channel satisfies never;
  }
}

/** The references in one request. */
export function requestReferences(request: HttpRequest): readonly Reference[] {
  return referencesIn(requestTexts(request));
}

function referencesIn(texts: readonly Text[]): readonly Reference[] {
  return texts
    .flatMap((text) => (typeof text === 'string' ? [] : text))
    .filter((part): part is Reference => typeof part !== 'string');
}

function requestTexts({ url, query, headers, body, auth, tls }: HttpRequest): readonly Text[] {
  return [
    url,
    ...query.map(([, value]) => value),
    ...Object.values(headers),
    ...(body ? bodyTexts(body) : []),
    ...(auth ? authTexts(auth) : []),
    ...tlsTexts(tls),
  ];
}

function bodyTexts(body: RequestBody): readonly Text[] {
  switch (body.kind) {
    case 'text':
      return [body.text];
    case 'form':
      return body.fields.map(([, value]) => value);
    case 'json':
      return body.fills.map(({ text }) => text);
    default:
      return body satisfies never;
  }
}

function authTexts(auth: NonNullable<HttpRequest['auth']>): readonly Text[] {
  switch (auth.type) {
    case 'basic':
      return [auth.username, auth.password];
    case 'bearer':
      return [auth.token];
    case 'apiKey':
      return [auth.value];
    case 'sigv4':
      return [];
    default:
      return auth satisfies never;
  }
}

const tlsTexts = (tls: TlsSettings | undefined): readonly Text[] =>
  [tls?.ca, tls?.cert, tls?.key].filter((text) => text !== undefined);

/** What a monitor asks, for people: `GET` and its URL, `tcp` and `host:port`. References are left in it. */
export function targetOf(monitor: Monitor): { readonly verb: string; readonly target: Text } {
  switch (monitor.type) {
    case 'http':
      return { verb: monitor.request.method, target: monitor.request.url };
    case 'tcp':
    case 'tls':
      return { verb: monitor.type, target: joinTexts(monitor.request.host, `:${monitor.request.port}`) };
    case 'dns': {
      const { recordType, name, server } = monitor.request;
      const question = `${recordType} ${name}`;
      return { verb: 'dns', target: server === undefined ? question : joinTexts(`${question} @`, server) };
    }
    case 'flow':
      return { verb: 'flow', target: monitor.steps.map(({ id }) => id).join(' → ') };
    case 'heartbeat':
      return { verb: 'heartbeat', target: monitor.id };
    default:
      return monitor satisfies never;
  }
}

function joinTexts(...texts: readonly Text[]): Text {
  const parts = texts.flat();
  return parts.every((part) => typeof part === 'string') ? parts.join('') : parts;
}

/** Whether probing a monitor takes TLS; true where only its references tell. */
export function needsTls(monitor: Monitor): boolean {
  switch (monitor.type) {
    case 'http':
      return isSecure(monitor.request);
    case 'flow':
      return monitor.steps.some(({ request }) => isSecure(request));
    case 'tcp':
      return monitor.request.tls !== undefined;
    case 'tls':
      return true;
    case 'dns':
    case 'heartbeat':
      return false;
    default:
      return monitor satisfies never;
  }
}

function isSecure({ url }: HttpRequest): boolean {
  const [start = ''] = typeof url === 'string' ? [url] : url;
  return typeof start !== 'string' || start.startsWith('https:');
}
