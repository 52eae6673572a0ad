import { untilAborted } from '../../clock/deadline.ts';
import { type Page, type PageContent, renderAcknowledgePage } from '../../message/acknowledge-page.ts';
import { type AcknowledgeDeps, type Acknowledged, acknowledge, findIncident } from './acknowledge.ts';
import { isSigned, parseAcknowledgePath } from './acknowledge-link.ts';
import { readSigningKey } from './signing-key.ts';

/** Somebody opened a link, or pressed the button of its page. */
export type AcknowledgeCall = {
  readonly path: string;
  /** The button was pressed; otherwise nothing changes, because mail programs open every link that they see. */
  readonly isPressed: boolean;
  /** What was typed beside it. */
  readonly by: string;
  readonly note: string;
};

export type AcknowledgeAnswer = { readonly content: PageContent; readonly page: Page };

export type TakeAcknowledgementDeps = {
  /** Name of the SSM parameter that holds the key, and how it is read. */
  readonly keyParameter: string;
  readonly readParameter: (path: string) => Promise<string | undefined>;
  readonly loadStore: () => Promise<AcknowledgeDeps['alerts']>;
  readonly writer: string;
  readonly service: string;
  readonly environment: string;
  readonly now: () => number;
  readonly onTrouble: (message: string, cause?: unknown) => void;
  /** Aborted when an answer is due. */
  readonly deadline: AbortSignal;
};

/**
 * Answers a link that was opened, or whose button was pressed, with a page: that works once, and changes nothing when it is done
 * again. Never rejects: what cannot be read or written is told to `onTrouble`, without any secret.
 */
export async function takeAcknowledgement(
  call: AcknowledgeCall,
  deps: TakeAcknowledgementDeps,
): Promise<AcknowledgeAnswer> {
  const content = await contentOf(call, deps);
  return { content, page: renderAcknowledgePage(content, deps) };
}

async function contentOf(call: AcknowledgeCall, deps: TakeAcknowledgementDeps): Promise<PageContent> {
  try {
    return await untilAborted(deps.deadline, (resolve, reject) => {
      take(call, deps).then(resolve, reject);
      return () => {};
    });
  } catch (cause) {
    deps.onTrouble('an acknowledgement could not be taken', cause);
    return { state: 'unavailable' };
  }
}

async function take(call: AcknowledgeCall, deps: TakeAcknowledgementDeps): Promise<PageContent> {
  const link = parseAcknowledgePath(call.path);
  if (link === undefined) return { state: 'forged' };
  const found = readSigningKey(await deps.readParameter(deps.keyParameter), deps.keyParameter, 'acknowledgements');
  if ('problem' in found) {
    deps.onTrouble(found.problem);
    return { state: 'unavailable' };
  }
  if (![found.key, ...found.older].some((key) => isSigned(link, key))) return { state: 'forged' };
  if (link.expiresAt <= deps.now()) return { state: 'expired' };
  const change = { alerts: await deps.loadStore(), writer: deps.writer, now: deps.now };
  return answerOf(link.incidentId, call, change);
}

function answerOf(
  incidentId: string,
  { isPressed, by, note }: AcknowledgeCall,
  deps: AcknowledgeDeps,
): Promise<Acknowledged> {
  return isPressed ? acknowledge(incidentId, { by, note }, deps) : findIncident(incidentId, deps);
}
