// The registrars at the end of the line, and how each tells what it has stored: Kamailio user by user, regstorm's own by
// its count when it ends.

import { spawnSync } from 'node:child_process';
import { startChild } from '../interop/child.ts';
import { type KamailioAuth, startKamailio } from '../interop/kamailio.ts';
import { peerPath } from '../interop/peers.ts';
import { MAIN } from '../interop/run-regstorm.ts';
import { waitUntil } from '../interop/wait-until.ts';
import { REGISTRAR } from './namespaces.ts';

export const PORT = 5060;
export const DOMAIN = 'test.example';
export const PASSWORD = 'secret';
const READY_WITHIN_MS = 10_000;
const OUTPUT_BYTES_MOST = 1 << 30;
const SHARED_MEGABYTES = 1_024;
const RECEIVE_BUFFER_BYTES = 4 << 20;

export interface Stored {
  readonly bindings: number;
  /** Null when the registrar tells numbers only. */
  readonly users: ReadonlySet<string> | null;
  /** Requests that it says it received; null when it does not tell. */
  readonly requests: number | null;
}

export interface Registrar {
  /** Asks what is stored, and ends it. */
  readonly finish: () => Promise<Stored>;
  readonly kill: () => Promise<void>;
}

export const startEmbedded = async (
  inside: readonly string[],
  users: number,
  address = REGISTRAR,
  password: string | null = PASSWORD,
): Promise<Registrar> => {
  const secret = password === null ? [] : ['--password', password];
  const how = ['--listen', `${address}:${PORT}`, '--domain', DOMAIN, ...secret];
  const child = startChild(process.execPath, [MAIN, 'registrar', ...how, '--users', String(users)], { inside });
  await waitUntil('the embedded registrar listens', READY_WITHIN_MS, () => {
    if (!child.isRunning()) throw new Error(`the registrar ended:\n${child.stderr()}`);
    return child.stdout().includes('listening on');
  });
  const finish = async (): Promise<Stored> => {
    await child.stop();
    const told = /(\d+) requests received, \d+ requests answered, (\d+) bindings left/.exec(child.stdout());
    if (told === null) throw new Error(`the registrar told nothing at its end:\n${child.stdout()}${child.stderr()}`);
    return { requests: Number(told[1]), bindings: Number(told[2]), users: null };
  };
  return { finish, kill: child.kill };
};

export const startStoringKamailio = async (
  inside: readonly string[],
  auth: KamailioAuth,
  users: readonly string[],
): Promise<Registrar> => {
  const kamailio = await startKamailio({
    auth,
    address: REGISTRAR,
    port: PORT,
    inside,
    sharedMegabytes: SHARED_MEGABYTES,
    receiveBufferBytes: RECEIVE_BUFFER_BYTES,
  });
  const finish = async (): Promise<Stored> => {
    const bindings = await kamailio.storedContacts();
    const found = lookUp(kamailio.control, users);
    await kamailio.stop();
    return { bindings, users: found, requests: null };
  };
  return { finish, kill: kamailio.kill };
};

/** `ul.dump` answers no more than some thousand users, so each is asked for, by one kamcmd that reads its commands. */
const lookUp = (control: string, users: readonly string[]): ReadonlySet<string> => {
  const input = users.map((user) => `ul.lookup location ${user}\n`).join('');
  const options = { input, maxBuffer: OUTPUT_BYTES_MOST, encoding: 'latin1' as const };
  const { stdout, status } = spawnSync(peerPath('kamcmd'), ['-s', `unix:${control}`], options);
  if (status !== 0) throw new Error(`kamcmd ended with ${status}`);
  return new Set([...stdout.matchAll(/^\tAoR: (\S+)$/gm)].map((match) => String(match[1])));
};
