import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { localhostCertificate } from '../../support/certificates.ts';
import { answerMs } from './targets-model.ts';

/** Any number of targets on one port, in a process of its own: each path answers when a target does that is far away. */
const server = createServer(localhostCertificate, (_, response) => {
  setTimeout(() => response.end('ok'), answerMs);
});
server.on('tlsClientError', () => {});
process.on('disconnect', () => process.exit()); // the benchmark itself has ended
server.listen(0, '127.0.0.1', 4_096, () => process.send?.((server.address() as AddressInfo).port));
