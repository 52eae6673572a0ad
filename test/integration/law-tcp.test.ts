import { describeRows } from '../support/hostile/law-suite.ts';
import { tcpServers } from '../support/hostile/tcp.ts';

describeRows('is a port that', tcpServers);
