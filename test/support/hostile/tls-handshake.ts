import { failed, type HostileRow } from './row.ts';
import { answers, both, refused, speaks } from './tls.ts';
import { plainRecord, recordTypes } from './tls-records.ts';
import { drip, ok, pour } from './wire.ts';

const { alert, changeCipherSpec, data, handshake } = recordTypes;
const hung = failed('timeout', /^the TLS handshake was not finished within 300 ms$/);
const fatal = (code: number) => plainRecord(alert, Buffer.of(2, code));
const noTls = failed('tls', /does not speak TLS/);
/** Servers that are up to no good before TLS is agreed on. */
export const handshakingServers: readonly HostileRow[] = [
  both(
    'accepts and never shakes hands',
    speaks(() => {}),
    hung,
  ),
  both(
    'never reads the handshake',
    speaks((socket) => socket.pause()),
    hung,
  ),
  both(
    'drips the beginning of a handshake',
    answers((socket) => drip(socket, '\x16\x03\x03\x40\x00\x02\x00\x3f\xfc\x03\x03', 5)),
    hung,
  ),
  both(
    'drips one record of 16 kB',
    answers((socket) => {
      socket.write(Buffer.of(22, 3, 3, 0x40, 0, 2, 0, 0x3f, 0xfc));
      drip(socket, '\x03', 5);
    }),
    hung,
  ),
  both(
    'announces a handshake message of 16 MiB and floods',
    answers((socket) => {
      socket.write(plainRecord(handshake, Buffer.of(2, 255, 255, 255)));
      pour(socket, plainRecord(handshake, Buffer.alloc(16_384, 3)));
    }),
    refused,
  ),
  both(
    'closes the connection at once',
    speaks((socket) => socket.end()),
    refused,
  ),
  both(
    'resets the connection at once',
    speaks((socket) => socket.resetAndDestroy()),
    [failed('connect'), refused],
  ),
  both(
    'closes after the hello',
    answers((socket) => socket.end()),
    refused,
  ),
  both(
    'resets after the hello',
    answers((socket) => socket.resetAndDestroy()),
    refused,
  ),
  both(
    'speaks plain HTTP',
    answers((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    noTls,
  ),
  both(
    'greets as SMTP does',
    speaks((socket) => socket.write('220 mail ESMTP\r\n')),
    noTls,
  ),
  both(
    'greets as SSH does',
    speaks((socket) => socket.write('SSH-2.0-OpenSSH_9.2\r\n')),
    noTls,
  ),
  both(
    'sends garbage',
    answers((socket) => socket.end(Buffer.alloc(5_000, 0xa5))),
    refused,
  ),
  both(
    'sends zero bytes without end',
    answers((socket) => pour(socket, Buffer.alloc(16_384))),
    refused,
  ),
  both(
    'sends garbage in a record',
    answers((socket) => socket.end(plainRecord(handshake, Buffer.alloc(500, 0xa5)))),
    refused,
  ),
  both(
    'sends a record that is longer than any may be',
    answers((socket) => pour(socket, plainRecord(handshake, Buffer.alloc(65_535)))),
    refused,
  ),
  both(
    'sends empty records without end',
    answers((socket) => pour(socket, Buffer.concat(Array(1_000).fill(plainRecord(handshake, Buffer.alloc(0)))))),
    refused,
  ),
  both(
    'changes the cipher without end',
    answers((socket) => pour(socket, Buffer.concat(Array(1_000).fill(plainRecord(changeCipherSpec, Buffer.of(1)))))),
    refused,
  ),
  both(
    'warns without end',
    answers((socket) => pour(socket, Buffer.concat(Array(1_000).fill(plainRecord(alert, Buffer.of(1, 90)))))),
    refused,
  ),
  both(
    'sends data before the handshake',
    answers((socket) => socket.end(plainRecord(data, Buffer.from(ok('ok'))))),
    refused,
  ),
  both(
    'echoes what it is sent',
    speaks((socket) => void socket.pipe(socket)),
    refused,
  ),
  both(
    'speaks SSL 2',
    answers((socket) => socket.end(Buffer.from('802b04000102', 'hex'))),
    refused,
  ),
  ...[0, 10, 20, 40, 42, 47, 48, 70, 71, 80, 86, 112, 255].map((code) =>
    both(
      `sends the fatal alert ${code}`,
      answers((socket) => socket.end(fatal(code))),
      refused,
    ),
  ),
  both(
    'sends half an alert',
    answers((socket) => socket.write(fatal(40).subarray(0, 6))),
    hung,
  ),
  both(
    'closes politely in the handshake',
    answers((socket) => socket.end(plainRecord(alert, Buffer.of(1, 0)))),
    refused,
  ),
].flat();
