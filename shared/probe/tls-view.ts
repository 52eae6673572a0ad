import type { Answer } from '../assertion/response.ts';
import type { TlsFacts } from '../net/tls-model.ts';

const dayMs = 86_400_000;

/** What assertions see of a TLS connection at the instant `now` (epoch ms). Days that are over are negative. */
export function viewTls(
  { version, cipher, alpn, isAuthorized, certificate }: TlsFacts,
  now: number,
): Pick<Answer, 'tls' | 'certificate'> {
  const tls = { version, cipher, alpn, authorized: isAuthorized };
  if (certificate === undefined) return { tls };
  const { expiresAt, ...rest } = certificate;
  return { tls, certificate: { daysRemaining: (expiresAt - now) / dayMs, ...rest } };
}
