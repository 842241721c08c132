// Requests that came to a phone, and the answers to them (RFC 3261 §8.2.6, §8.2.7): each answer belongs to a request that came to the
// same socket, says what the method asks for, copies what has to be copied, and comes at most once for each copy of the request;
// ACK and CANCEL get none. At the end the engines' counts must be what was seen.

import type { MetricsBlock } from '../../metrics/index.ts';
import { mergeBlocks } from '../../metrics/index.ts';
import type { SlowMessage } from '../slow-parser.ts';
import type { Message } from './messages.ts';
import { textOf, valuesOf } from './messages.ts';
import type { SocketBook, World } from './model.ts';
import { peerOf } from './targets.ts';
import { mustEqual, wrong } from './wrong.ts';

interface Asked {
  readonly text: string;
  readonly parsed: SlowMessage;
  copies: number;
  answers: number;
  /** Of the first answer; every other one is the same. */
  answer: string | null;
}

export interface AsideBook {
  /** By socket and what names the transaction. */
  readonly asked: Map<string, Asked>;
  readonly methods: Map<string, number>;
  /** Sent, by status. */
  readonly sent: Map<number, number>;
  keepalives: number;
}

const KEEPALIVE = /^(?:\r\n|\r\n\r\n|\0\0\0\0)$/;
const COUNTED = ['REGISTER', 'OPTIONS', 'ACK', 'INVITE', 'CANCEL', 'NOTIFY', 'SUBSCRIBE', 'MESSAGE', 'BYE'];
const COUNTED_TOO = ['INFO', 'UPDATE', 'PRACK', 'REFER', 'PUBLISH'];
const KNOWN: ReadonlySet<string> = new Set([...COUNTED, ...COUNTED_TOO]);

export const createAsideBook = (): AsideBook => ({
  asked: new Map(),
  methods: new Map(),
  sent: new Map(),
  keepalives: 0,
});

/** True when the datagram is a keepalive or a request of somebody else's, and has been noted. */
export function takeAsked(book: AsideBook, socket: SocketBook, { text, parsed }: Message): boolean {
  if (KEEPALIVE.test(text)) {
    book.keepalives++;
    return true;
  }
  if (parsed === null || parsed.status !== 0 || parsed.sentBy === socket.sentBy) return false;
  const method = parsed.method ?? '';
  add(book.methods, KNOWN.has(method) ? method : 'other');
  const key = keyOf(socket, text, parsed);
  const known = book.asked.get(key);
  if (known === undefined) book.asked.set(key, { text, parsed, copies: 1, answers: 0, answer: null });
  else known.copies++;
  return true;
}

/** An answer is offered; it must be one that the socket owes. */
export function takeAnswerOffered(world: World, book: AsideBook, socket: SocketBook, message: Message): void {
  const { worker } = socket;
  const { text, parsed } = message;
  world.ledger.checks += 5;
  if (parsed === null) throw wrong('incoming', worker, 'an answer that is no message', text);
  const asked = book.asked.get(keyOf(socket, text, parsed));
  if (asked === undefined) throw wrong('incoming', worker, 'an answer to nothing that came to this socket', text);
  if (++asked.answers > asked.copies) throw wrong('incoming', worker, `answered ${asked.answers} times`, text);
  if (asked.answer !== null && asked.answer !== text) throw wrong('incoming', worker, 'another answer before', text);
  asked.answer = text;
  const expected = statusFor(world, asked.parsed.method ?? '');
  if (parsed.status !== expected) throw wrong('incoming', worker, `status ${parsed.status}, not ${expected}`, text);
  const fault = copyFault(asked, message, peerOf(world, socket));
  if (fault !== null) throw wrong('incoming', worker, `${fault}; the request: ${asked.text}`, text);
}

export function countAnswerSent(book: AsideBook, bytes: Uint8Array): void {
  add(book.sent, Number(textOf(bytes).slice(8, 11)));
}

/** What the engines have counted. */
export function checkAsides(world: World, book: AsideBook, blocks: readonly MetricsBlock[]): void {
  const { incoming } = mergeBlocks(blocks);
  const equal = (what: string, found: number, expected: number): void =>
    mustEqual(world, 'incoming', what, [found, expected]);
  for (const name of new Set([...book.methods.keys(), ...Object.keys(incoming.requests)])) {
    equal(`requests ${name}`, incoming.requests[name] ?? 0, book.methods.get(name) ?? 0);
  }
  for (const status of new Set([...book.sent.keys(), ...Object.keys(incoming.answers).map(Number)])) {
    equal(`answers ${status}`, incoming.answers[String(status)] ?? 0, book.sent.get(status) ?? 0);
  }
  equal('keepalives of the peer', incoming.keepalives, book.keepalives);
}

/** The topmost Via, From, To without its tag, Call-ID and CSeq: the same in both directions. */
function keyOf(socket: SocketBook, text: string, { cseq, cseqMethod, callId, fromUri, fromTag }: SlowMessage): string {
  const top = /^SIP[^;]*/.exec(topViaOf(text))?.[0] ?? '';
  const branch = /;[ \t]*branch[ \t]*=[ \t]*([^;, \t\r\n]*)/i.exec(topViaOf(text))?.[1] ?? '';
  return [socket.number, top, branch, callId, cseq, cseqMethod, fromUri, fromTag].join('|');
}

function topViaOf(text: string): string {
  return (valuesOf(text, 'via')[0] ?? '').replace(/[ \t\r\n]+/g, ' ');
}

function statusFor({ facts }: World, method: string): number {
  if (method === 'ACK' || method === 'CANCEL') return 0;
  if (method === 'OPTIONS') return 200;
  return method === 'NOTIFY' ? facts.plan.incoming.notify : 405;
}

/** What differs that has to be the same, or null. */
function copyFault({ text, parsed }: Asked, answer: Message, peer: string): string | null {
  const said = answer.parsed!;
  if (said.via.length !== parsed.via.length) return 'another number of Vias';
  if (parsed.via.some((via, row) => row > 0 && said.via[row] !== via)) return 'a Via was changed';
  if (!isTopViaRight(parsed.via[0]!, said.via[0]!, peer)) return 'received and rport';
  if (said.toUri !== parsed.toUri) return 'another To';
  if (said.toTag === null || (parsed.toTag !== null && said.toTag !== parsed.toTag)) return 'the To tag';
  if (valuesOf(answer.text, 'from')[0] !== (valuesOf(text, 'from')[0] ?? '')) return 'another From';
  const isAllowDue = said.status === 405 || parsed.method === 'OPTIONS';
  return isAllowDue === (valuesOf(answer.text, 'allow').length === 1) ? null : 'Allow';
}

/** RFC 3581 §4 and RFC 3261 §18.2.1. */
function isTopViaRight(asked: string, said: string, peer: string): boolean {
  const [address, port] = peer.split(':');
  const isRport = /;[ \t\r\n]*rport/i.test(asked);
  const filled = asked.replace(/(;[ \t\r\n]*)rport(?:[ \t\r\n]*=[ \t\r\n]*[^; \t\r\n]*)?/i, `$1rport=${port}`);
  const host = /^[^ \t\r\n]+[ \t\r\n]+([\w.]*)/.exec(asked)?.[1];
  return said === (isRport || host !== address ? `${filled};received=${address}` : asked);
}

function add<K>(counts: Map<K, number>, key: K): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
