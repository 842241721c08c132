// `regstorm inspect` as a shell calls it: what it prints, whom it asks, and how it ends.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type CliSession, openSession, scenario } from './cli-session.ts';
import { type DnsServer, startDnsServer } from './dns-server.ts';

let session: CliSession;
const servers: DnsServer[] = [];
beforeEach(() => {
  session = openSession();
});
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  session.remove();
});

const nameServer = async (): Promise<DnsServer> => {
  const server = await startDnsServer({
    'NAPTR x.example': {
      answers: [
        {
          type: 'NAPTR',
          name: 'x.example',
          ttl: 90,
          data: {
            order: 1,
            preference: 1,
            flags: 's',
            services: 'SIP+D2U',
            regexp: '',
            replacement: '_sip._udp.x.example',
          },
        },
      ],
    },
    'SRV _sip._udp.x.example': {
      answers: [
        {
          type: 'SRV',
          name: '_sip._udp.x.example',
          ttl: 60,
          data: { priority: 10, weight: 60, port: 5070, target: 'a.x.example' },
        },
        {
          type: 'SRV',
          name: '_sip._udp.x.example',
          ttl: 60,
          data: { priority: 20, weight: 5, port: 5071, target: 'a.x.example' },
        },
      ],
    },
    'A a.x.example': { answers: [{ type: 'A', name: 'a.x.example', ttl: 30, data: '127.0.0.9' }] },
  });
  servers.push(server);
  return server;
};

it('RFC 3263 §4 shows where the target is, with priorities, weights and how long that holds', async () => {
  const { address, asked } = await nameServer();
  session.file('s.yaml', scenario({ target: 'sip:x.example' }));
  const end = await session.run(['inspect', 's.yaml', '--dns', address, '--rate', '9/s']);
  expect([end.exitCode, end.stderr]).toEqual([0, '']);
  const shown = parse(end.stdout) as Record<string, Record<string, unknown>>;
  expect(shown.target).toMatchObject({
    text: 'sip:x.example',
    ttlSeconds: 30,
    addresses: [
      { address: '127.0.0.9', port: 5070, priority: 10 },
      { address: '127.0.0.9', port: 5071, priority: 20 },
    ],
  });
  expect(shown.run).toMatchObject({ workers: 1, sockets: 2, starts: 200 });
  expect(shown.scenario).toMatchObject({ load: { rate: '9/s' }, identities: { count: 200, password: 'REDACTED' } });
  expect(end.stdout).toContain('rate: 9/s # --rate');
  expect(end.stdout).not.toContain('secret: secret');
  expect(asked.map((question) => question.split(' ')[1])).toEqual(['NAPTR', 'SRV', 'A']);
});

it('--no-dns asks nobody, and json is for programs', async () => {
  const { address, asked } = await nameServer();
  session.file('s.yaml', scenario({ target: `{ uri: sip:x.example, dns: "${address}" }` }));
  const end = await session.run(['inspect', 's.yaml', '--no-dns', '--format', 'json'], { REGSTORM_DRAIN: '7s' });
  expect(end.exitCode).toBe(0);
  const shown = JSON.parse(end.stdout) as Record<string, Record<string, unknown>>;
  expect(shown.target).toEqual({ kind: 'uri', text: 'sip:x.example', host: 'x.example', lookUp: 'left out' });
  expect(shown.origins).toMatchObject({
    drain: 'REGSTORM_DRAIN',
    'identities.count': 's.yaml:5',
    'timers.T1': 'default',
  });
  expect(asked).toEqual([]);
  expect(end.stdout).not.toMatch(/: "secret"/);
});

it('a name that nobody knows, a scenario that is wrong and options that exclude each other exit 2', async () => {
  const { address } = await nameServer();
  session.file('s.yaml', scenario({ target: 'sip:nobody.example' }));
  const unknown = await session.run(['inspect', 's.yaml', '--dns', address]);
  expect(unknown.stderr).toContain('nobody.example');
  const both = await session.run(['inspect', 's.yaml', '--dns', address, '--no-dns']);
  expect(both.stderr).toContain('--dns and --no-dns exclude each other');
  session.file('bad.yaml', scenario({ rate: '200' }));
  const bad = await session.run(['inspect', 'bad.yaml']);
  expect(bad.stderr).toContain('bad.yaml:10:9: "200" is not a rate');
  for (const end of [unknown, both, bad]) expect([end.exitCode, end.stdout]).toEqual([2, '']);
});

it('users from a file: their names, and no password in it or in anything that a run leaves behind', async () => {
  session.file('users.csv', 'user,authUser,password\nann,a1,hunter-one\nbob,b1,hunter-two\n');
  const text = scenario().replace(
    /identities:\n(?: {2}.*\n)*/,
    'identities: { csv: users.csv, domain: test.example }\n',
  );
  session.file('s.yaml', text.replace('starts: 200', 'starts: 2'));
  const end = await session.run(['inspect', 's.yaml']);
  expect(parse(end.stdout)).toMatchObject({
    scenario: { identities: { csv: 'users.csv', count: 2 } },
    identities: [{ addressOfRecord: 'sip:ann@test.example', credentials: [{ authUser: 'a1' }] }, { index: 1 }],
  });
  const run = await session.run(['run', 's.yaml', '--out', 'out', '-v']);
  expect(run.exitCode).toBe(0);
  expect(session.summary('out').procedures.register).toMatchObject({ succeeded: 2, challenged: 2 });
  session.file('users.csv', 'user,authUser,password\nann,a1,changed\nbob,b1,hunter-two\n');
  const dry = await session.run(['run', 's.yaml', '--dry-run']);
  const stream = await session.shell('regstorm validate - < s.yaml');
  expect(stream.stdout).toContain('2 from users.csv at test.example');
  const wrong = await session.run(['inspect', 's.yaml', '--set', 'identities.csv=none.csv']);
  expect([wrong.exitCode, wrong.stderr]).toEqual([2, expect.stringContaining('none.csv cannot be read: no such file')]);
  const written = [...session.files()].filter(([path]) => path !== 'users.csv').map(([, content]) => content);
  for (const said of [end.stdout, run.stdout, run.stderr, dry.stdout, dry.stderr, ...written])
    expect(said).not.toContain('hunter');
});
