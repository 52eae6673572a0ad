import { parseAssertion } from '../../shared/assertion/parse.ts';
import type {
  DnsMonitor,
  DnsRequest,
  TcpMonitor,
  TcpRequest,
  TlsMonitor,
  TlsRequest,
} from '../../shared/config/model.ts';
import { httpMonitor } from './http-monitor.ts';

type Changes<R> = {
  readonly request?: Partial<R>;
  readonly assertions?: readonly string[];
  readonly timeoutMs?: number;
  readonly maxBodyBytes?: number;
  readonly allowPrivate?: boolean;
};

/** A monitor of a port on loopback, which it may probe, that says nothing and asserts nothing. */
export function tcpMonitor(changes: Changes<TcpRequest> = {}): TcpMonitor {
  const { request, base } = split(changes);
  return {
    ...base,
    type: 'tcp',
    maxBodyBytes: 65_536,
    ...limits(changes),
    request: { ...port, dialogue: [], ...request },
  };
}

export function tlsMonitor(changes: Changes<TlsRequest> = {}): TlsMonitor {
  const { request, base } = split(changes);
  return { ...base, type: 'tls', request: { ...port, tls: { rejectUnauthorized: true }, ...request } };
}

export function dnsMonitor(changes: Changes<DnsRequest> = {}): DnsMonitor {
  const { request, base } = split({ assertions: ['dns.rcode == NOERROR'], ...changes });
  return { ...base, type: 'dns', request: { name: 'name.example', recordType: 'A', transport: 'udp', ...request } };
}

const port = { host: '127.0.0.1', port: 1 };

function split<R>({ request, assertions = [], timeoutMs, allowPrivate }: Changes<R>) {
  const { type: _type, request: _request, maxBodyBytes: _bytes, ...base } = httpMonitor();
  return {
    request,
    base: {
      ...base,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(allowPrivate === undefined ? {} : { allowPrivate }),
      assertions: assertions.map((text) => {
        const parsed = parseAssertion(text);
        if (!parsed.ok) throw new Error(parsed.message);
        return parsed.assertion;
      }),
    },
  };
}

const limits = ({ maxBodyBytes }: { maxBodyBytes?: number }) => (maxBodyBytes === undefined ? {} : { maxBodyBytes });
