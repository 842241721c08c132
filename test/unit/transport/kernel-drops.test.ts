// The kernel's table of UDP sockets as Linux writes it.

import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../../../src/transport/index.ts';
import { dropsBetween, dropsIn, receiversIn } from '../../../src/transport/kernel-drops.ts';

const REST = '07 00000000:00000000 00:00000000 00000000     0        0 4711 2 0000000000000000';
const TABLE = [
  '   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops            ',
  `  183: 0100007F:13C4 0200007F:13C5 ${REST} 12        `,
  `  184: 0100007F:13C5 00000000:0000 ${REST} 5         `,
  `10184: 4D00007F:13C4 00000000:0000 ${REST} 4294967295`,
  `  185: 00000000:13C6 00000000:0000 ${REST} 7         `,
  '',
].join('\n');

describe.skipIf(endianness() === 'BE')('drops of a socket', () => {
  it.each([
    ['127.0.0.1', 5060, 12],
    ['127.0.0.1', 5061, 5],
    ['127.0.0.77', 5060, 4_294_967_295],
    ['0.0.0.0', 5062, 7],
    ['127.0.0.1', 5062, 0],
    ['127.0.0.2', 5061, 0],
  ])('those of %s:%d are %d', (address, port, drops) => {
    expect(dropsIn(TABLE, parseIpv4(address), port)).toBe(drops);
  });

  it.each(['', '\n', 'no table at all'])('%j has none', (table) => {
    expect(dropsIn(table, parseIpv4('127.0.0.1'), 5060)).toBe(0);
  });
});

describe.skipIf(endianness() === 'BE')('the sockets that get what is sent to an address', () => {
  const line = (local: string, drops: number, inode: number): string =>
    `  183: ${local} 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 ${inode} 2 0000000000000000 ${drops}`;
  const table = (...lines: readonly string[]): string => ['  sl  local_address …', ...lines, ''].join('\n');
  const EXACT = line('0100007F:13C4', 1, 11);
  const ANY = line('00000000:13C4', 2, 12);
  const MAPPED = line('0000000000000000FFFF00000100007F:13C4', 3, 13);
  const DUAL = line('00000000000000000000000000000000:13C4', 4, 14);
  const IPV6_ONLY = line('00000000000000000000000001000000:13C4', 5, 15);
  const OTHER_PORT = line('0100007F:13C5', 6, 16);

  it.each([
    ['those of the very address', table(ANY, EXACT, OTHER_PORT), table(DUAL, MAPPED), [['11', 1]]],
    ['an IPv6 socket of the mapped address', table(ANY), table(DUAL, MAPPED), [['13', 3]]],
    ['those of any address', table(ANY, OTHER_PORT), table(DUAL), [['12', 2]]],
    ['a dual-stack one', table(OTHER_PORT), table(IPV6_ONLY, DUAL), [['14', 4]]],
    ['nobody', table(OTHER_PORT), table(IPV6_ONLY), []],
    ['nobody without tables', '', '', []],
    [
      'all that share the address',
      table(EXACT, line('0100007F:13C4', 7, 17)),
      '',
      [
        ['11', 1],
        ['17', 7],
      ],
    ],
  ] as const)('are %s', (_who, udp, udp6, expected) => {
    expect([...receiversIn(udp, udp6, parseIpv4('127.0.0.1'), 5060)]).toEqual(expected);
  });

  it('dropped what their counters rose by, a socket opened anew from 0 on', () => {
    const before = new Map([
      ['11', 100],
      ['12', 5],
    ]);
    const after = new Map([
      ['11', 140],
      ['13', 2],
    ]);
    expect(dropsBetween(before, after)).toBe(42);
    expect(dropsBetween(after, after)).toBe(0);
    expect(dropsBetween(new Map(), after)).toBe(142);
  });
});
