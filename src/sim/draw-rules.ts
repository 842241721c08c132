// Rules of the registrar from a seed: some users or a share of requests, at some time, and what is done to them. They are written
// as in a registrar file, so that what is simulated is what an operator can ask for.
//
// Left out on purpose: a held-back answer of another branch or CSeq. Nobody outside could tell whose it is.

import type { Random } from '../std/index.ts';

const RULES_MOST = 4;

const DELAYS: readonly unknown[] = [
  { delay: '150ms' },
  { delay: '3s' },
  { delay: { uniform: ['10ms', '900ms'] } },
  { delay: { normal: ['400ms', '300ms'] } },
  { delay: { exponential: '800ms' } },
];

const ANSWERS: readonly unknown[] = [
  { status: 200 },
  { status: 302, headers: { Contact: '<sip:10.9.9.9:5099>' } },
  { status: 401, headers: { 'WWW-Authenticate': 'Digest realm="rule", nonce="rule", algorithm=MD5, qop="auth"' } },
  { status: 403 },
  { status: 420, headers: { Unsupported: 'gruu' } },
  { status: 423, headers: { 'Min-Expires': '1800' } },
  { status: 480, headers: { 'Retry-After': '5' } },
  { status: 494 },
  { status: 500, headers: { 'Retry-After': 'soon' } },
  { status: 503, headers: { 'Retry-After': '2' } },
  { status: 603, headers: { 'Retry-After': '4000' } },
];

const ACTIONS: readonly ((random: Random) => unknown)[] = [
  () => 'drop',
  () => 'dropAnswer',
  () => 'trying',
  () => 'hang',
  () => 'duplicate',
  (random) => ({ duplicate: random.between(3, 10) }),
  () => ['trying', 'duplicate'],
  () => 'wrongBranch',
  () => 'wrongCseq',
  () => 'garbage',
  () => 'ownContactMissing',
  () => 'notStored',
  () => 'grantedZero',
  () => ['dropAnswer', 'notStored'],
  () => ['duplicate', 'grantedZero'],
  (random) => random.pick(DELAYS),
  (random) => [random.pick(DELAYS), 'trying'],
  (random) => [random.pick(DELAYS), 'duplicate'],
  (random) => [random.pick(DELAYS), random.pick(['notStored', 'ownContactMissing', 'grantedZero'])],
  (random) => ({ answer: random.pick(ANSWERS) }),
  (random) => ({ answer: random.pick(ANSWERS) }),
  (random) => [random.pick(DELAYS), { answer: random.pick(ANSWERS) }],
];

/** The list of a registrar file. */
export function drawRules(random: Random, runSeconds: number): readonly unknown[] {
  const count = random.between(1, RULES_MOST);
  return Array.from({ length: count }, () => ({
    when: drawMatch(random, runSeconds),
    do: random.pick(ACTIONS)(random),
  }));
}

const PROCEDURES = ['register', 'register', 'refresh', 'unregister', 'wildcard', 'query'];

/** Never everything: there is always something left to go right. */
function drawMatch(random: Random, runSeconds: number): object {
  const share = `${random.between(1, 30)}%`;
  const more = {
    ...(random.chance(0.3) ? { procedure: random.pick(PROCEDURES) } : {}),
    ...(random.chance(0.2) ? { credentials: random.chance(0.5) } : {}),
    ...(random.chance(0.2) ? { times: random.between(1, 50) } : {}),
    ...(random.chance(0.3) ? drawTime(random, runSeconds) : {}),
  };
  const kind = random.next();
  if (kind < 0.2) return { users: `${random.between(0, 5)}-${random.between(5, 40)}`, share, ...more };
  if (kind < 0.3) return { users: random.pick(['*1', '*2?', '*3*', 'u??0*']), share, ...more };
  if (kind < 0.6) return { userShare: share, ...more };
  return { share, per: random.pick(['transaction', 'datagram']), ...more };
}

function drawTime(random: Random, runSeconds: number): object {
  const from = Math.floor(random.next() * runSeconds * 0.5);
  const to = from + 1 + Math.floor(random.next() * runSeconds * 0.5);
  return random.chance(0.7) ? { from: `${from}s`, to: `${to}s` } : { from: `${from}s` };
}
