import type { HttpRow } from './http.ts';
import { type Expected, failed, passed } from './row.ts';
import { chunked, ok } from './wire.ts';

const noHttp = failed('protocol', 'the answer is not valid HTTP/1.1');
const switched = failed('protocol', 'the target switched to a protocol that was not asked for');
/** It is read or refused: which of the two the parser decides. */
const readOrRefused = [passed, noHttp, failed('body')];
const unknownCoding = failed('protocol', 'the target uses a transfer encoding that was not asked for');

type Options = Pick<HttpRow, 'assertions' | 'request'>;

/** Sends these bytes and closes. */
function says(name: string, text: string | Buffer, expected: Expected | readonly Expected[], options: Options = {}) {
  const bytes = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  return { name, answer: (socket) => socket.end(bytes), expected, ...options } satisfies HttpRow;
}

const withStatus = (status: string) => `HTTP/1.1 ${status}\r\ncontent-length: 2\r\n\r\nok`;
const withHeader = (line: string) => `HTTP/1.1 200 OK\r\n${line}\r\ncontent-length: 2\r\n\r\nok`;
const withLength = (value: string) => `HTTP/1.1 200 OK\r\ncontent-length: ${value}\r\n\r\nhello`;
const encodedAs = (value: string) => `HTTP/1.1 200 OK\r\ntransfer-encoding: ${value}\r\n\r\n2\r\nok\r\n0\r\n\r\n`;
const inChunks = (body: string) => `${chunked()}${body}`;
const bodyIsOk: Options = { assertions: ['status == 200', 'body == ok'] };

/** Bytes that are no HTTP, nearly HTTP, or HTTP that means two things. */
export const confusingServers: readonly HttpRow[] = [
  { name: 'greets as SSH does', greet: (socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'), expected: noHttp },
  { name: 'greets as SMTP does', greet: (socket) => socket.write('220 mail ESMTP\r\n'), expected: noHttp },
  { name: 'answers before it is asked', greet: (socket) => socket.write(ok('ok')), expected: [passed, noHttp] },
  {
    name: 'sends 5,000 bytes that are no HTTP and no line, and waits',
    answer: (socket) => socket.write(Buffer.alloc(5_000, 0xa5)),
    expected: noHttp,
  },
  says('answers with an SSH banner', 'SSH-2.0-OpenSSH_9.2p1\r\n', noHttp),
  says('speaks HTTP/0.9', '<html>hello</html>', noHttp),
  says('sends the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', noHttp),
  says('sends settings as HTTP/2 does', Buffer.from('000000040000000000', 'hex'), noHttp),
  says('sends an alert as TLS does', Buffer.from('15030100020228', 'hex'), noHttp),
  says('sends a greeting as MySQL does', Buffer.from('4a0000000a382e302e333600', 'hex'), noHttp),
  says('sends a request back', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n', noHttp),
  says('sends what it was sent by a proxy', 'PROXY TCP4 1.2.3.4 5.6.7.8 1 2\r\n', noHttp),
  says('answers as RTSP does', withStatus('200 OK').replace('HTTP/1.1', 'RTSP/1.0'), readOrRefused),
  says('answers as ICY does', 'ICY 200 OK\r\ncontent-length: 2\r\n\r\nok', noHttp),
  says('says that it speaks HTTP/2.0', withStatus('200 OK').replace('1.1', '2.0'), readOrRefused),
  says('says that it speaks HTTP/9.9', withStatus('200 OK').replace('1.1', '9.9'), noHttp),
  says('says that it speaks HTTP/1.10', withStatus('200 OK').replace('1.1', '1.10'), noHttp),
  says('speaks HTTP/1.0 and closes', 'HTTP/1.0 200 OK\r\n\r\nok', passed, bodyIsOk),
  says('writes http in lower case', withStatus('200 OK').replace('HTTP', 'http'), noHttp),
  says('sends a byte order mark first', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), ok('ok')]), noHttp),
  says('sends a blank line first', Buffer.concat([Buffer.from('\r\n'), ok('ok')]), readOrRefused),
  says('sends random bytes', Buffer.from('9f03c1aa0d0a00ff7e1180', 'hex'), noHttp),

  says('answers with status 999', withStatus('999 Odd'), {
    ...failed('assertion', 'status in 200-299, but found 999'),
    statusCode: 999,
  }),
  says('answers with status 600', withStatus('600 Odd'), { ...failed('assertion'), statusCode: 600 }),
  says('answers with status 000', withStatus('000 Odd'), failed('protocol')),
  says('answers with status 099', withStatus('099 Odd'), failed('protocol')),
  says('answers with status 0', withStatus('0 Odd'), failed('protocol')),
  says('answers with status -200', withStatus('-200 Odd'), noHttp),
  says('answers with status 20', withStatus('20 OK'), failed('protocol')),
  says('answers with status 2000', withStatus('2000 OK'), noHttp),
  says('answers with status 200OK', withStatus('200OK'), readOrRefused),
  says('answers with status 0x200', withStatus('0x200 OK'), noHttp),
  says('answers with no reason', 'HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok', passed, bodyIsOk),
  says('answers with two spaces before the status', withStatus(' 200 OK'), readOrRefused),
  says('answers with a reason of control characters', withStatus('200 \x1b[2J\x07\x00'), readOrRefused),
  says('answers with a reason of 8-bit bytes', withStatus('200 \xff\xfe\xe9'), passed),
  says('answers with a status line alone', 'HTTP/1.1 200 OK\r\n', failed('protocol')),

  says('ends its lines with LF', 'HTTP/1.1 200 OK\ncontent-length: 2\n\nok', readOrRefused),
  says('ends its lines with CR', 'HTTP/1.1 200 OK\rcontent-length: 2\r\rok', failed('protocol')),
  says('puts NUL into the value of a header', withHeader('x-nul: a\0b'), readOrRefused),
  says('puts NUL into the name of a header', withHeader('x-\0nul: a'), noHttp),
  says('puts a bare CR into a header', withHeader('x-cr: a\rcontent-length: 99'), noHttp),
  says('puts a bare LF into a header', withHeader('x-lf: a\nx-next: b'), readOrRefused),
  says('sends a header without a colon', withHeader('x-no-colon'), noHttp),
  says('sends a header without a name', withHeader(': empty'), noHttp),
  says('puts a space before the colon', withHeader('x-space : a'), readOrRefused),
  says('folds a header', withHeader('x-folded: a\r\n b\r\n\tc'), readOrRefused),
  says('folds before the first header', withHeader(' x-folded: a'), readOrRefused),
  says(
    'calls its headers __proto__ and constructor',
    withHeader('__proto__: a\r\nconstructor: b\r\ntoString: c'),
    passed,
    {
      assertions: ['status == 200', 'header __proto__ == a', 'header constructor == b', 'header tostring == c'],
    },
  ),
  says('sends a header in UTF-8', withHeader('x-name: \xc3\xa9\xe2\x82\xac'), passed),

  says('sends one length twice', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok', readOrRefused),
  says('sends two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 5\r\n\r\nhello', noHttp),
  says('sends a list of lengths', withLength('5, 5'), readOrRefused),
  says('sends a negative length', withLength('-1'), noHttp),
  says('sends a signed length', withLength('+5'), noHttp),
  says('sends a length in hexadecimal', withLength('0x5'), noHttp),
  says('sends a length with an exponent', withLength('5e0'), noHttp),
  says('sends a length of 40 digits', withLength('9'.repeat(40)), noHttp),
  says('sends an empty length', withLength(''), readOrRefused),
  says('sends spaces around its length', withLength('  5  '), passed),
  says(
    'sends a length and chunks',
    'HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    readOrRefused,
  ),
  says(
    'sends chunks and a length',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\n2\r\nok\r\n0\r\n\r\n',
    readOrRefused,
  ),
  says(
    'sends less than its length',
    withLength('100'),
    failed('body', 'the connection was closed in the middle of the body'),
  ),
  says('sends more than its length', withLength('2'), passed, { assertions: ['body == he'] }),
  says(
    'sends a second answer after its first',
    Buffer.concat([ok('ok'), Buffer.from(withStatus('500 Oops'))]),
    passed,
    bodyIsOk,
  ),

  says('names an encoding of transfer that nobody knows', encodedAs('xchunked'), unknownCoding),
  says('gzips its transfer', encodedAs('gzip, chunked'), unknownCoding),
  says('chunks twice', encodedAs('chunked, chunked'), unknownCoding),
  says('chunks, then something else', encodedAs('chunked, identity'), unknownCoding),
  says('writes chunked in odd letters', encodedAs(' CHunKED '), passed, bodyIsOk),
  says('sends a bad chunk size', inChunks('zz\r\nhello\r\n0\r\n\r\n'), noHttp),
  says('sends a negative chunk size', inChunks('-5\r\nhello\r\n0\r\n\r\n'), noHttp),
  says('sends a chunk size beyond 64 bits', inChunks('fffffffffffffffff\r\nhello'), noHttp),
  says('sends a chunk size as in C', inChunks('0x5\r\nhello\r\n0\r\n\r\n'), noHttp),
  says('sends no chunk size', inChunks('\r\nhello\r\n0\r\n\r\n'), noHttp),
  says('sends a chunk that is longer than it says', inChunks('2\r\nhello\r\n0\r\n\r\n'), noHttp),
  says('ends its chunk sizes with LF', inChunks('2\nok\n0\n\n'), readOrRefused),
  says('sends a chunk extension in quotes that never end', inChunks('2;a="\r\nok\r\n0\r\n\r\n'), readOrRefused),
  says('sends a chunk extension of 30 kB', inChunks(`2;${'a=b;'.repeat(7_500)}\r\nok\r\n0\r\n\r\n`), [
    passed,
    failed('protocol'),
  ]),
  says('changes its length in a trailer', inChunks('2\r\nok\r\n0\r\ncontent-length: 99\r\n\r\n'), readOrRefused),
  says('sends a trailer that is no header', inChunks('2\r\nok\r\n0\r\nnonsense\r\n\r\n'), readOrRefused),

  says(
    'answers 100, which nobody asked for',
    Buffer.concat([Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'), ok('ok')]),
    passed,
  ),
  says(
    'answers 101 and speaks WebSocket',
    'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n\x81\x02hi',
    switched,
  ),
  says('answers 101 with nothing to switch to', 'HTTP/1.1 101 Switching Protocols\r\n\r\n', switched),
  says('upgrades in an answer of 200', withHeader('upgrade: h2c\r\nconnection: upgrade'), passed),
  says(
    'answers 103 and closes',
    'HTTP/1.1 103 Early Hints\r\n\r\n',
    failed('protocol', 'the target closed the connection without an answer'),
  ),
  says('answers 199, then its answer', Buffer.concat([Buffer.from('HTTP/1.1 199 Odd\r\n\r\n'), ok('ok')]), passed),
  says('sends a body with 204', 'HTTP/1.1 204 No Content\r\ncontent-length: 2\r\n\r\nok', passed, {
    assertions: ['status == 204', 'body empty'],
  }),
  says('sends a length and no body with 304', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 500\r\n\r\n', passed, {
    assertions: ['status == 304'],
  }),
  says('sends a length and no body to HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n', passed, {
    request: { method: 'HEAD' },
  }),
  says('sends a body to HEAD', ok('body'), passed, { request: { method: 'HEAD' }, assertions: ['body empty'] }),
  says('sends chunks to HEAD', encodedAs('chunked'), passed, { request: { method: 'HEAD' } }),
];
