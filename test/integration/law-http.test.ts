import { httpRows } from '../support/hostile/http.ts';
import { craftyServers } from '../support/hostile/http-content.ts';
import { costlyServers } from '../support/hostile/http-costly.ts';
import { endingServers } from '../support/hostile/http-end.ts';
import { floodingServers } from '../support/hostile/http-flood.ts';
import { redirectingServers } from '../support/hostile/http-redirect.ts';
import { slowServers } from '../support/hostile/http-slow.ts';
import { confusingServers } from '../support/hostile/http-syntax.ts';
import { http2Servers } from '../support/hostile/http2.ts';
import { describeRows } from '../support/hostile/law-suite.ts';

describeRows('is slow', httpRows(slowServers));
describeRows('sends too much', httpRows(floodingServers));
describeRows('confuses', httpRows(confusingServers));
describeRows('ends too early', httpRows(endingServers));
describeRows('redirects', httpRows(redirectingServers));
describeRows('sends crafty content', httpRows(craftyServers));
describeRows('speaks HTTP/2', http2Servers);
describeRows('sends what costs time', httpRows(costlyServers));
