import fc from 'fast-check';
import { checkAddress, endpointOf, kindOfAddress } from '../../../shared/net/address-policy.ts';

describe('kindOfAddress', () => {
  it.each([
    ['93.184.216.34', 'public'],
    ['1.1.1.1', 'public'],
    ['2606:4700::1111', 'public'],
    ['127.0.0.1', 'private'],
    ['127.255.0.9', 'private'],
    ['0.0.0.0', 'private'],
    ['10.1.2.3', 'private'],
    ['172.31.0.1', 'private'],
    ['172.32.0.1', 'public'],
    ['192.168.1.1', 'private'],
    ['100.64.0.1', 'private'],
    ['100.128.0.1', 'public'],
    ['192.0.0.1', 'private'],
    ['198.18.0.1', 'private'],
    ['224.0.0.1', 'private'],
    ['255.255.255.255', 'private'],
    ['240.0.0.1', 'private'],
    ['::', 'private'],
    ['::1', 'private'],
    ['fe80::1', 'private'],
    ['fe80::1%eth0', 'private'],
    ['fc00::1', 'private'],
    ['fd12::1', 'private'],
    ['ff02::1', 'private'],
    ['2001:db8::1', 'private'],
    ['2001::1', 'private'],
    ['64:ff9b:1::a00:1', 'private'],
    ['::ffff:10.0.0.1', 'private'],
    ['::ffff:8.8.8.8', 'public'],
    ['::127.0.0.1', 'private'],
    ['::8.8.8.8', 'public'],
    ['64:ff9b::7f00:1', 'private'],
    ['64:ff9b::808:808', 'public'],
    ['2002:7f00:1::1', 'private'],
    ['2002:808:808::1', 'public'],
    ['::ffff:0:127.0.0.1', 'private'],
    ['169.254.169.254', 'metadata'],
    ['169.254.170.2', 'metadata'],
    ['169.254.100.1', 'metadata'],
    ['::ffff:169.254.169.254', 'metadata'],
    ['64:ff9b::a9fe:a9fe', 'metadata'],
    ['2002:a9fe:a9fe::', 'metadata'],
    ['fd00:ec2::254', 'metadata'],
    ['fd00:ec2::23', 'metadata'],
    ['fd20:ce::254', 'metadata'],
    ['fe80::a9fe:a9fe', 'metadata'],
    ['100.100.100.200', 'metadata'],
    ['192.0.0.192', 'metadata'],
    ['168.63.129.16', 'metadata'],
    ['', 'private'],
    ['not an address', 'private'],
  ])('%s is %s', (address, kind) => {
    expect(kindOfAddress(address)).toBe(kind);
  });

  it('judges an IPv4 address the same however it is wrapped in IPv6', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = `${a}.${b}.${c}.${d}`;
        const high = (a * 256 + b).toString(16);
        const low = (c * 256 + d).toString(16);
        const wrapped = [`::ffff:${plain}`, `64:ff9b::${high}:${low}`, `2002:${high}:${low}::`];
        expect(wrapped.map(kindOfAddress)).toEqual(Array(3).fill(kindOfAddress(plain)));
      }),
    );
  });
});

describe('checkAddress', () => {
  const check = (address: string, url: string, policy: Partial<Parameters<typeof checkAddress>[2]>) => {
    try {
      checkAddress(address, endpointOf(new URL(url)), { allowPrivate: false, allowOrigins: [], ...policy });
      return 'allowed';
    } catch (error) {
      return error instanceof Error ? error.message : error;
    }
  };
  const privateSentence = 'is not a public address; set allowPrivate: true on the monitor if it is meant';
  it.each([
    ['8.8.8.8', 'http://dns.google/', {}, 'allowed'],
    ['10.0.0.1', 'http://10.0.0.1/', {}, `10.0.0.1 ${privateSentence}`],
    ['10.0.0.1', 'http://intern.example/', {}, `intern.example is 10.0.0.1, which ${privateSentence}`],
    ['::1', 'http://[::1]:80/', {}, `::1 ${privateSentence}`],
    ['10.0.0.1', 'http://10.0.0.1/', { allowPrivate: true }, 'allowed'],
    ['127.0.0.1', 'http://127.0.0.1:4001/x', { allowOrigins: ['http://127.0.0.1:4001'] }, 'allowed'],
    [
      '127.0.0.1',
      'http://127.0.0.1:4002/x',
      { allowOrigins: ['http://127.0.0.1:4001'] },
      `127.0.0.1 ${privateSentence}`,
    ],
    ['127.0.0.1', 'https://127.0.0.1:4001/x', { allowOrigins: ['http://127.0.0.1:4001'] }, 'allowed'],
    [
      '127.0.0.1',
      'http://127.0.0.1:4002/x',
      { allowOrigins: ['http://127.0.0.1:4001'] },
      `127.0.0.1 ${privateSentence}`,
    ],
    [
      '169.254.1.1',
      'http://169.254.1.1/',
      { allowPrivate: true, allowOrigins: ['http://169.254.1.1'] },
      '169.254.1.1 is a metadata or runtime address, which is never allowed',
    ],
    [
      '127.0.0.1',
      'http://127.0.0.1:9001/',
      { allowPrivate: true, runtimeApi: '127.0.0.1:9001' },
      '127.0.0.1 is the runtime of this function, which is never allowed',
    ],
    [
      '::1',
      'http://localhost:9001/',
      { allowPrivate: true, runtimeApi: 'localhost:9001' },
      'localhost is ::1, which is the runtime of this function, which is never allowed',
    ],
    [
      '10.9.9.9',
      'http://x.example/',
      { allowPrivate: true, runtimeApi: '10.9.9.9' },
      'x.example is 10.9.9.9, which is the runtime of this function, which is never allowed',
    ],
    ['127.0.0.1', 'http://127.0.0.1:9002/', { allowPrivate: true, runtimeApi: '127.0.0.1:9001' }, 'allowed'],
  ])('%s for %s under %j: %s', (address, url, policy, expected) => {
    expect(check(address, url, policy)).toBe(expected);
  });
});
