import { datagramServers } from '../support/hostile/dns-datagrams.ts';
import { resolvingServers } from '../support/hostile/dns-names.ts';
import { streamServers } from '../support/hostile/dns-streams.ts';
import { describeRows } from '../support/hostile/law-suite.ts';

describeRows('is a name server, asked over UDP, that', datagramServers);
describeRows('is a name server, asked over TCP, that', streamServers);
describeRows('is found by a name server that', resolvingServers);
