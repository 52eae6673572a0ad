import type { WebhookChannel } from '../config/model.ts';
import { judgeStatus } from './answer.ts';
import { type Service, UnsentError } from './model.ts';
import { postText } from './request.ts';

/** A key that is shorter can be guessed. */
const shortestSecret = 16;

/** The message for machines itself, signed; any 2xx says that it was taken. */
export const webhook: Service<WebhookChannel> = {
  name: 'The webhook',
  compose: async ({ url, secret }, { id, json }, { now, readSecret }) => {
    const key = await readSecret(secret);
    if ('unresolved' in key) throw new UnsentError(key.unresolved, key.isFinal);
    if (key.value.length < shortestSecret)
      throw new UnsentError(`the secret that it is signed with has fewer than ${shortestSecret} characters`, true);
    const body = JSON.stringify(json);
    const timestamp = String(Math.floor(now / 1_000));
    return {
      request: postText(url, body, {
        'x-burnwatch-id': id,
        'x-burnwatch-timestamp': timestamp,
        'x-burnwatch-signature': `v1=${signatureOf(key.value, timestamp, body)}`,
      }),
      secrets: [key.value],
    };
  },
  judge: (response) => judgeStatus(response, 'Look at what it says: whoever runs it knows why it refuses.'),
};

/** HMAC-SHA256 over `timestamp.body` in hex. The timestamp is in seconds since 1970; the body, its bytes as they are sent. */
export function signatureOf(secret: string, timestamp: string, body: string): string {
  const { createHmac } = process.getBuiltinModule('node:crypto');
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
}
