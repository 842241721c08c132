// The real programs that interop tests talk to. Where one is not installed its tests are skipped under a title that names
// the Debian package; with REGSTORM_REQUIRE_PEERS=1, as in CI, its absence is a failure instead.

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const PACKAGES = {
  kamailio: 'kamailio',
  kamcmd: 'kamailio',
  sipp: 'sip-tester',
  tcpdump: 'tcpdump',
  tshark: 'tshark',
} as const;

export type Peer = keyof typeof PACKAGES;

/** Servers lie where only root's PATH looks. */
const FOLDERS = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'];

/** Where the program is, or null. */
export const findPeer = (peer: Peer): string | null => {
  for (const folder of FOLDERS) {
    const path = join(folder, peer);
    if (isExecutable(path)) return path;
  }
  return null;
};

const isExecutable = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};

/** The path of a program that describeWithPeers has made sure of. */
export const peerPath = (peer: Peer): string => {
  const path = findPeer(peer);
  if (path === null) throw new Error(`${peer} is not installed (Debian package ${PACKAGES[peer]})`);
  return path;
};

export const describeWithPeers = (peers: readonly Peer[], title: string, body: () => void): void => {
  const missing = peers.filter((peer) => findPeer(peer) === null);
  if (missing.length === 0) {
    describe(title, body);
    return;
  }
  const packages = [...new Set(missing.map((peer) => PACKAGES[peer]))].join(', ');
  const longTitle = `${title} [not installed: Debian package ${packages}]`;
  if (process.env.REGSTORM_REQUIRE_PEERS === '1') {
    describe(longTitle, () => {
      it('REGSTORM_REQUIRE_PEERS=1 asks for it', () => expect(missing).toEqual([]));
    });
    return;
  }
  describe.skipIf(true)(longTitle, body);
};
