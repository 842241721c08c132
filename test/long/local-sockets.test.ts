// Several sockets a worker, over loopback: what a registrar sees of them.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliSession, openSession, scenario } from '../integration/cli-session.ts';
import { type NotingRegistrar, openNotingRegistrar } from '../integration/noting-registrar.ts';
import { findFreePort } from '../interop/free-port.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';

vi.setConfig({ testTimeout: 60_000 });

const ADDRESSES = ['127.0.0.2', '127.0.0.3'];
const COUNT = 60;
const FLOW = ['register', 'refresh', 'unregister'];
const CALM = ['--on-invalid', 'warn'];

let session: CliSession;
let registrar: NotingRegistrar;
beforeEach(async () => {
  session = openSession();
  registrar = await openNotingRegistrar();
});
afterEach(() => {
  registrar.close();
  session.remove();
});

/** So many ports in a row that are free on both addresses, as of a moment ago. */
const freeRange = async (length: number): Promise<number> => {
  for (let tries = 0; tries < 50; tries++) {
    const first = await findFreePort();
    const places = ADDRESSES.flatMap((address) => Array.from({ length }, (_, at) => ({ address, port: first + at })));
    if (first + length > 65_535) continue;
    const free = await Promise.all(places.map(({ address, port }) => isFree(address, port)));
    if (free.every((is) => is)) return first;
  }
  throw new Error('no range of free ports');
};

const isFree = async (address: string, port: number): Promise<boolean> => {
  const socket = createSocket('udp4');
  const opened = Promise.race([once(socket, 'listening').then(() => true), once(socket, 'error').then(() => false)]);
  socket.bind({ address, port, exclusive: true });
  const isOpen = await opened;
  socket.close();
  return isOpen;
};

const userOf = (index: number): string => `u${String(index).padStart(4, '0')}`;

/** By user, every address and port that its requests came from. */
const sourcesByUser = (): Map<string, Set<string>> => {
  const sources = new Map<string, Set<string>>();
  for (const { user, source } of registrar.notes) sources.set(user, (sources.get(user) ?? new Set()).add(source));
  return sources;
};

const writeScenario = (local: string): void => {
  const more = `precheck: none\ncleanup: unregister\nlocal: { ${local} }\n`;
  const target = `sip:127.0.0.1:${registrar.port}`;
  session.file(
    's.yaml',
    scenario({ target, count: COUNT, rate: '100/s', load: `starts: ${2 * COUNT}`, flow: FLOW, more }),
  );
};

describe('a registrar sees', () => {
  it.each([
    ['udp-batch', 1, 6],
    ['udp-batch', 2, 3],
    ['udp-dgram', 2, 3],
  ] as const)(
    '%s, %i workers with %i sockets: exactly the addresses and ports asked for, and each user always from the same one',
    async (sockets, workers, socketsPerWorker) => {
      const first = await freeRange(3);
      writeScenario(
        `addresses: [${ADDRESSES.join(', ')}], ports: ${first}-${first + 2}, socketsPerWorker: ${socketsPerWorker}, sockets: ${sockets}`,
      );
      const end = await session.run(['run', 's.yaml', ...CALM, '--out', 'out', '--workers', String(workers)]);
      const summary = session.summary('out');
      expect([end.exitCode, end.stderr]).toEqual([0, expect.any(String)]);
      expect(summary.totals.unregister?.succeeded).toBe(2 * COUNT);
      expect(summary.generator).toMatchObject({ workers, sockets: 6 });
      expect(end.stdout).toContain('6 sockets');
      expectSumsToClose(summary);
      // Address first, then port; context c on socket c modulo 6, however the sockets are shared out.
      const expected = [0, 1, 2].flatMap((at) => ADDRESSES.map((address) => `${address}:${first + at}`));
      expect(new Set(registrar.notes.map(({ source }) => source))).toEqual(new Set(expected));
      const seen = sourcesByUser();
      expect(seen.size).toBe(COUNT);
      for (let index = 0; index < COUNT; index++) {
        expect([...(seen.get(userOf(index)) ?? [])]).toEqual([expected[index % 6]]);
      }
      for (const { source, sentBy, contactHost } of registrar.notes) {
        expect(sentBy).toBe(source);
        expect(contactHost === '' ? source : contactHost).toBe(source);
      }
    },
  );

  it('as many ports of the system’s choice as there are sockets, where none are named', async () => {
    writeScenario('socketsPerWorker: 20');
    const end = await session.run(['run', 's.yaml', ...CALM, '--out', 'out', '--workers', '2']);
    expect(end.exitCode).toBe(0);
    const sources = new Set(registrar.notes.map(({ source }) => source));
    expect(sources.size).toBe(40);
    for (const own of sourcesByUser().values()) expect(own.size).toBe(1);
  });

  it('one socket a worker unless told otherwise, and the summary says no more than that', async () => {
    writeScenario('sockets: auto');
    const end = await session.run(['run', 's.yaml', ...CALM, '--out', 'out', '--workers', '2']);
    expect(new Set(registrar.notes.map(({ source }) => source)).size).toBe(2);
    expect(session.summary('out').generator.sockets).toBe(2);
    expect(end.stdout).not.toContain('sockets');
  });
});

describe('where nobody listens', () => {
  it.each(['udp-batch', 'udp-dgram'])(
    '18.4 each of %s’s sockets is told by itself: every attempt is unreachable, and the sums close',
    async (sockets) => {
      writeScenario(`socketsPerWorker: 20, sockets: ${sockets}`);
      registrar.close();
      const end = await session.run(['run', 's.yaml', ...CALM, '--out', 'out', '--workers', '1']);
      const summary = session.summary('out');
      expect(end.exitCode).toBe(23);
      expect(summary.totals.register?.started).toBe(2 * COUNT);
      expect(summary.totals.register?.failures).toEqual({ unreachable: 2 * COUNT });
      expectSumsToClose(summary);
      registrar = await openNotingRegistrar();
    },
  );
});

describe('sockets that do not fit', () => {
  it('the ports: a usage error of run and of validate --workers, with nothing sent and no folder left', async () => {
    writeScenario('addresses: [127.0.0.2], ports: 16000-16005, socketsPerWorker: 4');
    const sentence =
      'local.ports 16000-16005 is too narrow: it has room for 6 of the 8 sockets (2 workers with 4 sockets each)';
    for (const command of ['run', 'validate']) {
      const end = await session.run([command, 's.yaml', '--workers', '2']);
      expect([end.exitCode, end.stderr.includes(sentence)]).toEqual([2, true]);
    }
    expect((await session.run(['validate', 's.yaml', '--workers', '1'])).exitCode).toBe(0);
    expect(registrar.notes).toEqual([]);
    expect([...session.files().keys()]).toEqual(['s.yaml']);
  });

  it('the contexts: the same', async () => {
    writeScenario('socketsPerWorker: 40');
    for (const command of ['run', 'validate']) {
      const end = await session.run([command, 's.yaml', '--workers', '2']);
      expect(end.stderr).toContain('80 sockets (2 workers with 40 sockets each) for 60 contexts: some had none');
      expect(end.exitCode).toBe(2);
    }
  });

  it('the open files: told with the number that mends it', async () => {
    writeScenario('socketsPerWorker: 60');
    const end = await session.shell(
      'ulimit -n 195; regstorm run s.yaml --set identities.count=600 --set local.socketsPerWorker=600',
    );
    expect(end.stderr).toMatch(
      /needs about \d+ open files, and the limit is 195\n.*ulimit -n \d+; or ask for fewer sockets/,
    );
    expect(end.exitCode).toBe(2);
  });
});

describe('a dry run', () => {
  it('shows the first socket’s address and port', async () => {
    writeScenario('addresses: [127.0.0.7, 127.0.0.8], ports: 7000-7001, socketsPerWorker: 4');
    const end = await session.run(['run', 's.yaml', '--dry-run']);
    expect(end.stdout).toContain('Via: SIP/2.0/UDP 127.0.0.7:7000;');
    expect(end.exitCode).toBe(0);
  });
});
