// Kamailio as the registrar of a test: started in the foreground on a free port, ready when it answers its control
// socket, and asked there what it has really stored.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { startChild } from './child.ts';
import { findFreePort } from './free-port.ts';
import { peerPath } from './peers.ts';
import { waitUntil } from './wait-until.ts';

const CONFIGURATION = fileURLToPath(new URL('kamailio.cfg', import.meta.url));
const READY_WITHIN_MS = 10_000;
const ASK_WITHIN_MS = 5_000;

export type KamailioAuth =
  | 'none'
  | 'digest'
  | 'digest-qop'
  | 'digest-auth-int'
  | 'digest-sha256'
  | 'digest-sha256-qop'
  | 'digest-sha256-auth-int';

export interface KamailioOptions {
  readonly auth?: KamailioAuth;
  /** How long a nonce lasts; it is told to be stale then. Default: 300. */
  readonly nonceSeconds?: number;
  /** Answers 423 to shorter lifetimes. */
  readonly minExpiresSeconds?: number;
  /** Keeps Path, and gives it back to who supports it (RFC 3327). */
  readonly usesPath?: boolean;
  /** Sends everybody there: a Contact, in angle brackets. */
  readonly movedTo?: string;
  /** Default: a free one. */
  readonly port?: number;
  /** Default: 127.0.0.1. */
  readonly address?: string;
  readonly inside?: readonly string[];
  /** Memory for what it stores; the default is enough for some 50,000 bindings. */
  readonly sharedMegabytes?: number;
  /** Its receive queue, as far as the system allows. */
  readonly receiveBufferBytes?: number;
}

export interface Kamailio {
  readonly port: number;
  /** Path of the socket at which kamcmd reaches it. */
  readonly control: string;
  /** How many bindings it holds now. */
  readonly storedContacts: () => Promise<number>;
  /** Every binding with what it has stored of it. */
  readonly dump: () => Promise<readonly StoredContact[]>;
  readonly stop: () => Promise<void>;
  /** `kill -9`: everything it had stored is gone. */
  readonly kill: () => Promise<void>;
}

/** One binding as `ul.dump` tells it; empty where it has no value. */
export interface StoredContact {
  readonly user: string;
  readonly uri: string;
  readonly q: string;
  readonly expiresSeconds: number;
  readonly path: string;
  readonly instance: string;
  readonly regId: string;
}

const DEFINES: Readonly<Record<KamailioAuth, readonly string[]>> = {
  none: [],
  digest: ['AUTH'],
  'digest-qop': ['AUTH', 'QOP'],
  'digest-auth-int': ['AUTH', 'QOPINT'],
  'digest-sha256': ['AUTH', 'SHA256'],
  'digest-sha256-qop': ['AUTH', 'SHA256', 'QOP'],
  'digest-sha256-auth-int': ['AUTH', 'SHA256', 'QOPINT'],
};

export const startKamailio = async (options: KamailioOptions = {}): Promise<Kamailio> => {
  const port = options.port ?? (await findFreePort());
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-kamailio-'));
  const control = join(folder, 'ctl');
  const address = options.address ?? '127.0.0.1';
  const defines = [`LISTEN=udp:${address}:${port}`, `CTL="unix:${control}"`, ...DEFINES[options.auth ?? 'none']];
  if (options.usesPath === true) defines.push('USEPATH');
  if (options.nonceSeconds !== undefined) defines.push(`NONCEEXPIRE=${options.nonceSeconds}`);
  if (options.minExpiresSeconds !== undefined) defines.push(`MINEXPIRES=${options.minExpiresSeconds}`);
  if (options.movedTo !== undefined) defines.push(`MOVED="Contact: ${options.movedTo}\\r\\n"`);
  const memory = ['-m', String(options.sharedMegabytes ?? 256), '-M', '16'];
  if (options.receiveBufferBytes !== undefined) memory.push('-b', String(options.receiveBufferBytes));
  const args = ['-f', CONFIGURATION, '-DD', '-E', ...memory, ...defines.flatMap((define) => ['-A', define])];
  const child = startChild(peerPath('kamailio'), args, { cwd: folder, inside: options.inside ?? [] });
  const end = async (how: () => Promise<void>): Promise<void> => {
    await how();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('Kamailio answers on its control socket', READY_WITHIN_MS, async () => {
      if (!child.isRunning()) throw new Error(`Kamailio ended:\n${child.stderr()}`);
      return (await askStoredContacts(control)) !== null;
    });
  } catch (error) {
    await end(child.kill);
    throw error;
  }
  const storedContacts = async (): Promise<number> => {
    const stored = await askStoredContacts(control);
    if (stored === null) throw new Error(`Kamailio does not answer:\n${child.stderr()}`);
    return stored;
  };
  const dump = async (): Promise<readonly StoredContact[]> => {
    const { stdout } = await run(peerPath('kamcmd'), ['-s', `unix:${control}`, 'ul.dump'], { timeout: ASK_WITHIN_MS });
    return readDump(stdout);
  };
  return { port, control, storedContacts, dump, stop: () => end(child.stop), kill: () => end(child.kill) };
};

/** `AoR: u1` and then, for each of its bindings, `Address: …`, `Expires: …` and so on. */
const readDump = (text: string): readonly StoredContact[] =>
  text
    .split(/\bAoR: /)
    .slice(1)
    .flatMap((record) => {
      const user = /^\S+/.exec(record)?.[0] ?? '';
      return record
        .split(/\bAddress: /)
        .slice(1)
        .map((contact): StoredContact => {
          const valueNamed = (name: string): string => {
            const value = new RegExp(`\\n\\s*${name}: ([^\\n]*)`).exec(contact)?.[1] ?? '';
            return value === '[not set]' ? '' : value;
          };
          return {
            user,
            uri: contact.split('\n', 1)[0] ?? '',
            q: valueNamed('Q'),
            expiresSeconds: Number(valueNamed('Expires')),
            path: valueNamed('Path'),
            instance: valueNamed('Instance'),
            regId: valueNamed('Reg-Id'),
          };
        });
    });

const run = promisify(execFile);

/** Null while nothing answers. */
const askStoredContacts = async (control: string): Promise<number | null> => {
  const args = ['-s', `unix:${control}`, 'stats.get_statistics', 'usrloc:'];
  try {
    const { stdout } = await run(peerPath('kamcmd'), args, { timeout: ASK_WITHIN_MS });
    const count = /location_contacts = (\d+)/.exec(stdout)?.[1];
    return count === undefined ? null : Number(count);
  } catch {
    return null;
  }
};
