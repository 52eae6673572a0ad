import { z } from 'zod';
import { dnsRecordTypes, httpMethods, startTlsProtocols, tlsVersions } from '../model.ts';
import { choice, type Fields, map, refuse } from './fields.ts';
import { most } from './limits.ts';
import type { RequestFields } from './request-fields.ts';

const ipVersion = () =>
  z.literal([4, 6]).optional().meta({ description: 'Only addresses of this family: 4 or 6. Either by default.' });
const port = () => z.int().min(1).max(65_535);

/** One HTTP request: of an http monitor, or of a step of a flow, which `sent` tells apart. */
export function httpRequestSchema(fields: Fields, sent: RequestFields) {
  const shape = {
    url: sent.url(`Where to: http or https. \${env:…}, \${ssm:…} and \${output:…} work here.`),
    method: choice(httpMethods).optional().meta({ description: 'GET by default.' }),
    query: sent.pairs('Added to the query of the URL. A list gives its name several times.').optional(),
    headers: sent.headers(`Sent with it. Secrets come from \${ssm:/path}.`).optional(),
    body: sent.body('A text that is sent. Its kind is for a content-type header to say.').optional(),
    json: sent.json('Sent as JSON: any value. Texts in it may hold references.').optional(),
    form: sent.pairs('Sent as a form (application/x-www-form-urlencoded).').optional(),
    auth: authSchema(fields, sent).optional(),
    followRedirects: z.boolean().optional().meta({ description: 'true by default.' }),
    maxRedirects: z.int().min(0).max(20).optional().meta({ description: '5 by default.' }),
    httpVersion: z
      .literal(['1.1', '2', 1.1, 2])
      .optional()
      .meta({ description: '1.1 by default; 2 must be spoken by the target. https only.' }),
    ipVersion: ipVersion(),
    tls: map(tlsShape(fields, sent)).optional().meta({ description: 'How TLS is spoken.' }),
  };
  return map(shape, ['proxy']);
}

/** Who asks: in the header `authorization`, in a key, or by a signature of AWS. */
export function authSchema(fields: Fields, sent: RequestFields) {
  const region = fields
    .line('Its region. That of the function by default; of home, where there are several locations.', 32, 'eu-west-1')
    .optional();
  return z
    .discriminatedUnion('type', [
      map({
        type: choice(['basic']),
        username: sent.userName('The name of the user.'),
        password: sent.secret('The password.'),
      }),
      map({ type: choice(['bearer']), token: sent.secret('The token.') }),
      map({
        type: choice(['apiKey']),
        in: choice(['header', 'query']),
        name: fields.line('The name of the header, or of the parameter.', 128, 'x-api-key'),
        value: sent.secret('The key.'),
      }),
      map({
        type: choice(['sigv4']),
        service: fields.line('The name of the AWS service.', 64, 'execute-api'),
        region,
      }),
    ])
    .meta({ description: 'Who asks: basic, bearer, apiKey, or sigv4 with the role of the function.' });
}

function tlsShape(fields: Fields, sent: RequestFields) {
  return {
    rejectUnauthorized: z
      .boolean()
      .optional()
      .meta({ description: 'false takes any certificate, whoever issued it. true by default.' }),
    servername: fields.serverName('The name that is asked for, and that the certificate must be for.').optional(),
    minVersion: choice(tlsVersions).optional().meta({ description: 'The lowest version that is spoken.' }),
    ca: sent.certificate('Trusted in place of the usual roots.').optional(),
    cert: sent.certificate('The certificate that is shown (mTLS), with its key.').optional(),
    key: sent.privateKey('The private key of cert.').optional(),
  };
}

export function tcpRequestSchema(fields: Fields, sent: RequestFields) {
  return map({
    host: sent.host('A host name or an address.'),
    port: port(),
    ipVersion: ipVersion(),
    tls: z
      .union([z.boolean(), map(tlsShape(fields, sent))])
      .optional()
      .meta({ description: 'true, or how TLS is spoken: from the start, or from a startTls in the dialogue on.' }),
    dialogue: z
      .array(dialogueStep(fields, sent))
      .max(most.dialogue)
      .optional()
      .meta({ description: 'What is said and expected, in turns.' }),
  });
}

const ways = ['send', 'expect', 'matches', 'startTls'];
const longestExpected = 1_024;

function dialogueStep(fields: Fields, sent: RequestFields) {
  const shape = {
    send: sent.body('Sent as it is. Line ends are written "\\r\\n", in double quotes.').optional(),
    expect: fields.text('Waits until this very text has come.', longestExpected, '+PONG').optional(),
    matches: fields.expression('Waits until this regular expression (RE2) finds something.').optional(),
    startTls: z.literal(true).optional().meta({ description: 'TLS begins here.' }),
  };
  return map(shape)
    .meta({ minProperties: 1, maxProperties: 1 })
    .transform(({ send, expect, matches, startTls }, sink) => {
      const all = [
        ...(send === undefined ? [] : [{ send }]),
        ...(expect === undefined ? [] : [{ expect }]),
        ...(matches === undefined ? [] : [{ matches }]),
        ...(startTls === undefined ? [] : [{ startTls }]),
      ];
      const [step] = all;
      if (step && all.length === 1) return step;
      return refuse(sink, { code: 'DIALOGUE', message: `must have exactly one of ${ways.join(', ')}` });
    });
}

export function tlsRequestSchema(fields: Fields, sent: RequestFields) {
  return map({
    host: sent.host('A host name or an address.'),
    port: port()
      .optional()
      .meta({ description: '443 by default; with startTls that of its protocol: 587, 143, 110, 21, 5432.' }),
    ipVersion: ipVersion(),
    startTls: choice(startTlsProtocols)
      .optional()
      .meta({ description: 'The protocol whose own dialogue comes before the handshake.' }),
    ...tlsShape(fields, sent),
  });
}

export function dnsRequestSchema(fields: Fields, sent: RequestFields) {
  return map({
    name: fields.dnsName('The name that is asked for.'),
    recordType: choice(dnsRecordTypes).optional().meta({ description: 'A by default.' }),
    server: sent
      .nameServer('The name server that is asked: host or host:port. That of the machine by default.')
      .optional(),
    transport: choice(['udp', 'tcp'])
      .optional()
      .meta({ description: 'udp by default, which goes on over TCP when the answer is cut.' }),
  });
}
