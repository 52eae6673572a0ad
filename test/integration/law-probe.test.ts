import { datagramServers } from '../support/hostile/dns-datagrams.ts';
import { httpRows } from '../support/hostile/http.ts';
import { craftyServers } from '../support/hostile/http-content.ts';
import { endingServers } from '../support/hostile/http-end.ts';
import { floodingServers } from '../support/hostile/http-flood.ts';
import { redirectingServers } from '../support/hostile/http-redirect.ts';
import { slowServers } from '../support/hostile/http-slow.ts';
import { http2Servers } from '../support/hostile/http2.ts';
import { describeRows } from '../support/hostile/law-suite.ts';
import { expectations, type HostileRow } from '../support/hostile/row.ts';
import { tcpServers } from '../support/hostile/tcp.ts';
import { securedServers } from '../support/hostile/tls-afterwards.ts';
import { handshakingServers } from '../support/hostile/tls-handshake.ts';
import { inFlow, retried, stoppedEarly } from '../support/hostile/variations.ts';

/** Of many rows that differ by a byte, a few. */
const ending = endingServers.filter((_, index) => index % 12 === 0);
const http = httpRows([...slowServers, ...floodingServers, ...ending, ...redirectingServers, ...craftyServers]);
const all: readonly HostileRow[] = [
  ...http,
  ...http2Servers,
  ...tcpServers,
  ...handshakingServers,
  ...securedServers,
  ...datagramServers,
];
const hangs = ({ expected }: HostileRow) => expectations(expected).every(({ errorType }) => errorType === 'timeout');

describeRows('is a step of a flow and', http.map(inFlow));
describeRows('is probed again, as it', all.filter(hangs).map(retried));
describeRows('is left alone in the middle of things, as it', all.map(stoppedEarly));
