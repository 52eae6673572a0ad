import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { Monitor, TcpRequest, TlsRequest } from '../../../shared/config/model.ts';
import { renderCommand, renderTarget } from '../../../shared/message/command.ts';
import { printf } from '../../../shared/message/shell.ts';
import { httpMonitor } from '../../support/http-monitor.ts';

const outputs = { Host: 'db.example' };
const { type: _type, request: _request, maxBodyBytes, ...base } = httpMonitor({ id: 'it', timeoutMs: 4_500 });
const tls = { rejectUnauthorized: true };
const tcp = (request: Partial<TcpRequest>): Monitor => ({
  ...base,
  type: 'tcp',
  maxBodyBytes,
  request: { host: 'mail.example', port: 25, dialogue: [], ...request },
});
const tlsTo = (request: Partial<TlsRequest>): Monitor => ({
  ...base,
  type: 'tls',
  request: { host: 'a.example', port: 443, tls, ...request },
});
const dns = { name: 'a.example', recordType: 'A', transport: 'udp' } as const;

describe('the command that repeats a probe', () => {
  it.each<[Monitor, string]>([
    [tcp({}), 'nc -vz -w 5 mail.example 25'],
    [tcp({ ipVersion: 4, host: [{ output: 'Host' }] }), 'nc -vz -4 -w 5 db.example 25'],
    [tcp({ dialogue: [{ expect: '220' }] }), 'nc -w 5 mail.example 25 </dev/null'],
    [
      tcp({
        dialogue: [{ expect: '220' }, { send: 'EHLO 100%\r\n' }, { send: ['AUTH ', { ssm: '/x/pass' }, '\r\n'] }],
      }),
      `printf 'EHLO 100%%\\r\\nAUTH %s\\r\\n' "$PASS" | nc -w 5 mail.example 25`,
    ],
    [
      tcp({ port: 465, tls, dialogue: [{ send: 'QUIT\r\n' }] }),
      "printf 'QUIT\\r\\n' | openssl s_client -connect mail.example:465 -servername mail.example -verify_hostname mail.example -quiet",
    ],
    [
      tcp({ tls, dialogue: [{ expect: '220' }, { send: 'STARTTLS\r\n' }, { startTls: true }] }),
      "printf 'STARTTLS\\r\\n' | openssl s_client -connect mail.example:25 -servername mail.example -verify_hostname mail.example -quiet -starttls smtp",
    ],
    [tcp({ host: [{ ssm: '/x/the-host' }] }), 'nc -vz -w 5 "$THE_HOST" 25'],
    [
      tlsTo({}),
      'openssl s_client -connect a.example:443 -servername a.example -verify_hostname a.example -showcerts </dev/null',
    ],
    [
      tlsTo({
        host: '192.0.2.1',
        port: 143,
        startTls: 'imap',
        tls: { rejectUnauthorized: true, servername: 'b.example', minVersion: 'TLSv1.3', ca: 'PEM' },
      }),
      'openssl s_client -connect 192.0.2.1:143 -servername b.example -verify_hostname b.example -min_protocol TLSv1.3 -CAfile "$CA_FILE" -showcerts -starttls imap </dev/null',
    ],
    [
      tlsTo({ host: '2001:db8::1', ipVersion: 6, tls: { rejectUnauthorized: false } }),
      "openssl s_client -6 -connect '[2001:db8::1]:443' -noservername -showcerts </dev/null",
    ],
    [{ ...base, type: 'dns', request: dns }, 'dig a.example A +tries=1 +time=5'],
    [
      { ...base, type: 'dns', request: { ...dns, recordType: 'MX', server: '192.0.2.53', transport: 'tcp' } },
      'dig @192.0.2.53 a.example MX +tcp +tries=1 +time=5',
    ],
    [
      { ...base, type: 'dns', request: { ...dns, server: [{ output: 'Host' }, ':5353'] } },
      'dig @db.example -p 5353 a.example A +tries=1 +time=5',
    ],
    [
      { ...base, type: 'dns', request: { ...dns, server: '[2001:db8::53]:5353' } },
      'dig @2001:db8::53 -p 5353 a.example A +tries=1 +time=5',
    ],
    [{ ...base, type: 'flow', steps: [] }, 'npx burnwatch probe it'],
  ])('of %j', (monitor, command) => {
    expect(renderCommand(monitor, outputs)).toBe(command);
  });

  it('is none for a heartbeat, which only waits', () => {
    expect(
      renderCommand({ ...base, type: 'heartbeat', periodMs: 3_600_000, graceMs: 60_000 }, outputs),
    ).toBeUndefined();
  });

  it('writes to a shell what was to be sent, byte for byte', () => {
    const text = fc
      .string({ unit: 'binary', maxLength: 20 })
      .filter((value) => !value.includes('\0') && value.isWellFormed());
    fc.assert(
      fc.property(text, text, (before, after) => {
        const command = printf([before, { variable: 'SECRET' }, after]);
        const written = execFileSync('sh', ['-c', command], { env: { SECRET: '%s\\n' } });
        expect(written.toString('utf8')).toBe(`${before}%s\\n${after}`);
      }),
      { numRuns: 50 },
    );
  });
});

describe('the target of a monitor', () => {
  it('is shown with its outputs, and with secrets as variables', () => {
    const url = [{ output: 'ShortenerUrl' }, '/x?key=', { ssm: '/a/2nd-key' }];
    const shown = renderTarget(httpMonitor({ request: { url } }), { ShortenerUrl: 'https://abc.example' });
    expect(shown).toEqual({ verb: 'GET', target: 'https://abc.example/x?key=$_2ND_KEY' });
  });
});
