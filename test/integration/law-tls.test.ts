import { describeRows } from '../support/hostile/law-suite.ts';
import { securedServers } from '../support/hostile/tls-afterwards.ts';
import { certificateServers } from '../support/hostile/tls-certificates.ts';
import { handshakingServers } from '../support/hostile/tls-handshake.ts';

describeRows('is up to no good before TLS is agreed on', handshakingServers);
describeRows('shows certificates', certificateServers);
describeRows('is up to no good once TLS is agreed on', securedServers);
