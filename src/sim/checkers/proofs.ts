// Whether who answers knows the secret (rspauth, RFC 7616 §3.5; of a proxy RFC 7615 §4), computed from the texts of request and answer
// alone. Both sides are held to it: the client to what it makes of a right proof, a wrong one and none at all, and the registrar to
// what its file says that it gives.
//
//   rspauth = H(H(A1) : nonce : nc : cnonce : qop : H(A2)),   A2 = ":" uri, or with auth-int ":" uri ":" H(body of the answer)

import { countsApart } from '../../engine/index.ts';
import type { Asked } from './asked.ts';
import { readDigest, serverOf } from './challenge-text.ts';
import { hashOf } from './credentials.ts';
import type { Outcome } from './ledger.ts';
import { countIn, noteFollowed } from './ledger.ts';
import type { Message } from './messages.ts';
import { valuesOf } from './messages.ts';
import type { Carried, Transaction, World } from './model.ts';
import { wrong } from './wrong.ts';

type Parameters = ReadonlyMap<string, string>;
type Proof = 'none' | 'right' | 'wrong' | 'unclear';

/** Of a 2xx: what the attempt that it answers may end with, as far as its proofs go; and they are counted. */
export function takeProofs(world: World, transaction: Transaction, message: Message, isDamaged: boolean): Outcome[] {
  const { page, worker } = transaction;
  const proofs = [false, true].map((isProxy) => proofOf(transaction, message, isProxy, isDamaged));
  const isUnsure = page.otherwise.length > 0;
  if (!countsApart(worker.engine)) {
    for (const proof of proofs) countProof(world, proof, isUnsure);
  }
  if (world.facts.plan.auth.checkRspauth !== true) return ['succeeded'];
  if (proofs.includes('wrong')) return ['rspauth-wrong'];
  return proofs.includes('unclear') ? ['succeeded', 'rspauth-wrong'] : ['succeeded'];
}

function countProof({ ledger }: World, proof: Proof, isUnsure: boolean): void {
  if (proof === 'none') return;
  ledger.checks++;
  const isSure = proof !== 'unclear' && !isUnsure;
  countIn(ledger.proofs, 'checked', isSure);
  if (proof !== 'right') countIn(ledger.proofs, 'mismatches', isSure);
  if (isSure) noteFollowed(ledger, proof === 'right' ? 'secret proved' : 'secret not proved');
}

/** Where credentials for several servers of the kind were sent, nobody says which one is meant. */
function proofOf({ carried, text }: Transaction, message: Message, isProxy: boolean, isDamaged: boolean): Proof {
  const ofKind = [...carried].filter(([server]) => server.startsWith(kindOf(isProxy)));
  const [only] = ofKind;
  if (only === undefined || ofKind.length > 1) return 'none';
  if (isDamaged) return /authentication-info/i.test(message.text) ? 'unclear' : 'none';
  const info = infoOf(message.text, isProxy);
  if (info === null || !info.has('rspauth')) return 'none';
  const credentials = credentialsFor(text, isProxy, only[0]);
  return credentials !== null && isRight(info, credentials, only[1], message) ? 'right' : 'wrong';
}

const kindOf = (isProxy: boolean): string => (isProxy ? 'proxy ' : 'registrar ');

function infoOf(text: string, isProxy: boolean): Parameters | null {
  const [info] = valuesOf(text, isProxy ? 'proxy-authentication-info' : 'authentication-info');
  return info === undefined ? null : readDigest(`Digest ${info}`);
}

function credentialsFor(request: string, isProxy: boolean, server: string): Parameters | null {
  const rows = valuesOf(request, isProxy ? 'proxy-authorization' : 'authorization').map(readDigest);
  return rows.find((row) => row !== null && serverOf(isProxy, row.get('realm') ?? '') === server) ?? null;
}

/** What the server gives back must be the request's, where it gives it. */
function isRight(info: Parameters, credentials: Parameters, { key }: Carried, { parsed }: Message): boolean {
  const isBack = ['nc', 'cnonce'].every((name) => !info.has(name) || info.get(name) === credentials.get(name));
  return isBack && info.get('rspauth')?.toLowerCase() === rspauth(info, credentials, key, parsed?.body ?? '');
}

function rspauth(info: Parameters, credentials: Parameters, key: string, body: string): string {
  const hash = hashOf(credentials.get('algorithm') ?? 'MD5');
  const qop = credentials.get('qop');
  const isWithBody = (info.get('qop') ?? qop)?.toLowerCase() === 'auth-int';
  const told = hash(`:${credentials.get('uri')}${isWithBody ? `:${hash(body)}` : ''}`);
  const middle = qop === undefined ? '' : `${credentials.get('nc')}:${credentials.get('cnonce')}:${qop}:`;
  return hash(`${key}:${credentials.get('nonce')}:${middle}${told}`);
}

/** The registrar itself has answered a request that it judged. */
export function checkProof(world: World, asked: Asked, message: Message): void {
  const { proving } = world.facts;
  const transaction = world.transactions.get(asked.parsed.branch ?? '');
  const status = message.parsed?.status ?? 0;
  if (proving === undefined || transaction === undefined || asked.isDamaged || status < 200 || status > 299) return;
  if (asked.action?.answer != null) return;
  world.ledger.checks++;
  const { isProxy, kind } = proving;
  const info = infoOf(message.text, isProxy);
  const fail = (facts: string): Error => wrong('proof', null, facts, message.text);
  if (infoOf(message.text, !isProxy)?.has('rspauth')) throw fail('a proof in the name of the other kind of server');
  const servers = [...transaction.carried].filter(([server]) => server.startsWith(kindOf(isProxy)));
  const isGiven = info?.has('rspauth') === true;
  if (isGiven !== (kind !== 'none' && servers.length > 0)) throw fail(isGiven ? 'an unasked proof' : 'no proof');
  if (!isGiven) return;
  const isProved = servers.some(([server, carried]) => {
    const credentials = credentialsFor(transaction.text, isProxy, server);
    return credentials !== null && isRight(info, credentials, carried, message) && isBackWhole(info, credentials);
  });
  if (isProved !== (kind === 'right')) throw fail(isProved ? 'a right proof of who is not to know' : 'a wrong proof');
}

/** RFC 7616 §3.5: with qop all three are given back. */
const isBackWhole = (info: Parameters, credentials: Parameters): boolean =>
  ['qop', 'nc', 'cnonce'].every((name) => info.has(name) === credentials.has('qop'));
