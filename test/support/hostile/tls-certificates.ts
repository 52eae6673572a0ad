import type { TlsSettings } from '../../../shared/config/model.ts';
import { chainOf, makeCertificate } from '../certificate-maker.ts';
import type { TestCertificate } from '../certificates.ts';
import { failed, type HostileRow, passed } from './row.ts';
import { both, good, names, refused, root, shows, trust } from './tls.ts';

const hourMs = 3_600_000;
const middle = makeCertificate({ name: 'Hostile Middle', issuer: root, isCa: true });
const noAuthority = makeCertificate({ name: 'No Authority', names, issuer: root });
const long = (length: number) => {
  const issuers = [root];
  for (let more = 0; more < length; more += 1)
    issuers.unshift(makeCertificate({ name: `Level ${more}`, issuer: issuers[0] as typeof root, isCa: true }));
  return chainOf(makeCertificate({ names, issuer: issuers[0] as typeof root }), ...issuers);
};
const anyName = (text: string | Buffer) => chainOf(makeCertificate({ names: [text], issuer: root }));
const valid = (validFrom: number, validTo: number) =>
  chainOf(makeCertificate({ names, issuer: root, validFrom, validTo }));
const anything: TlsSettings = { rejectUnauthorized: false };

/** Servers that show what they should not. */
export const certificateServers: readonly HostileRow[] = [
  both('shows a good certificate', shows(good), passed),
  both(
    'shows a self-signed certificate',
    shows(chainOf(makeCertificate({ names }))),
    failed('tls', 'the certificate is self-signed: 127.0.0.1 (DEPTH_ZERO_SELF_SIGNED_CERT)'),
  ),
  both(
    'shows a self-signed certificate to one that takes any',
    shows(chainOf(makeCertificate({ names }))),
    passed,
    passed,
    anything,
  ),
  both(
    'shows an expired certificate',
    shows(valid(Date.now() - 9 * hourMs, Date.now() - hourMs)),
    failed('tls', /CERT_HAS_EXPIRED/),
  ),
  both(
    'shows a certificate of the future',
    shows(valid(Date.now() + hourMs, Date.now() + 9 * hourMs)),
    failed('tls', /CERT_NOT_YET_VALID/),
  ),
  both('shows a certificate for another name', shows(anyName('other.example')), failed('tls', /other\.example/)),
  both(
    'shows a certificate without an intermediate',
    shows(chainOf(makeCertificate({ names, issuer: middle }))),
    refused,
  ),
  both(
    'shows a certificate that is no authority for its leaf',
    shows(chainOf(makeCertificate({ names, issuer: noAuthority }), noAuthority)),
    failed('tls', /INVALID_(CA|PURPOSE)/),
  ),
  both('shows a certificate of a name with a NUL', shows(anyName(Buffer.from('127.0.0.1\0.evil.example'))), refused),
  both(
    'shows a certificate of a name with control characters',
    shows(anyName(Buffer.from('\x1b[2J\r\n\u2028'))),
    refused,
  ),
  both('shows a certificate of a name of 20 kB', shows(anyName('a'.repeat(20_000))), refused),
  both(
    'shows a certificate of 1,500 names',
    shows(chainOf(makeCertificate({ names: [...Array(1_500).keys()].map((at) => `n${at}.example`), issuer: root }))),
    refused,
  ),
  both(
    'shows a certificate of 1,500 names to one that takes any',
    shows(chainOf(makeCertificate({ names: [...Array(1_500).keys()].map((at) => `n${at}.example`) }))),
    passed,
    passed,
    anything,
  ),
  both('shows a chain of 9', shows(long(8)), passed),
  both('shows a chain of 60', shows(long(59)), [passed, refused]),
  both('shows a chain of 250', shows(long(249)), [passed, refused]),
  both('shows one certificate 200 times', shows({ ...good, cert: Array(200).fill(good.cert).join('') }), [
    passed,
    refused,
  ]),
  both('shows a subject with a secret', shows(chainOf(makeCertificate({ name: 'pL', names: ['x.example'] }))), refused),
  both(
    'speaks TLS 1.0 alone',
    shows({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    refused,
  ),
  both(
    'speaks TLS 1.1 alone',
    shows({ ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' }),
    refused,
  ),
  both('speaks TLS 1.2 alone', shows({ ...good, maxVersion: 'TLSv1.2' }), passed),
  both('speaks TLS 1.2 where 1.3 is wanted', shows({ ...good, maxVersion: 'TLSv1.2' }), refused, refused, {
    ...trust,
    minVersion: 'TLSv1.3',
  }),
  both(
    'offers weak ciphers alone',
    shows({ ...good, maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA:@SECLEVEL=0' }),
    [passed, refused],
  ),
  both(
    'wants a certificate of its client',
    shows({ ...good, requestCert: true, rejectUnauthorized: true, ca: root.cert } as TestCertificate),
    failed('tls', /^the target asks for a client certificate/),
    passed,
  ),
  both(
    'agrees on a protocol that nobody offered',
    shows({ ...good, ALPNProtocols: ['spdy/1'] } as TestCertificate),
    failed('protocol', /^the target does not speak http\/1\.1/),
    passed,
  ),
].flat();
