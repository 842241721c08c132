// The kernel's table of UDP sockets as Linux writes it.

import { endianness } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseIpv4 } from '../../../src/transport/index.ts';
import { dropsIn } from '../../../src/transport/kernel-drops.ts';

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
