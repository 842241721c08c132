// What every REGISTER must look like on the wire (RFC 3261 §8.1.1, §10.2), whatever it is sent for.

import type { AttemptStep } from '../../scenario/index.ts';
import { decodeLatin1, encodeUtf8 } from '../../std/index.ts';
import type { SlowMessage } from '../slow-parser.ts';
import { mayAsk } from './intervals.ts';
import type { Message } from './messages.ts';
import { valuesOf } from './messages.ts';
import type { ContextPage, SocketBook, WorkerBook, World } from './model.ts';
import { deletionOf, followSocket, isDeleting, settleContact } from './nat.ts';
import { filled, ownUris } from './own-contacts.ts';
import { wrong } from './wrong.ts';

/** RFC 3261 §8.1.1.7. */
const COOKIE = 'z9hG4bK';

/** A new request, taken apart. */
export interface Request {
  readonly text: string;
  readonly parsed: SlowMessage;
  readonly page: ContextPage;
  readonly branch: string;
  /** Null: the cleanup's. */
  readonly step: AttemptStep | null;
}

export function readRequest(world: World, socket: SocketBook, text: string): Request {
  const { worker } = socket;
  const { parsed } = world.read(text);
  if (parsed === null) throw wrong('request-form', worker, 'not a well-formed message', text);
  const page = world.pagesByUser.get(userOf(parsed.toUri));
  if (page === undefined) throw wrong('request-form', worker, `no identity of this plan: ${parsed.toUri}`, text);
  if (page.worker !== worker) throw wrong('request-form', worker, 'an identity of another worker', text);
  followSocket(world, page, socket, text);
  const step = stepOf(world, worker, text);
  settleContact(world, page, parsed.contacts?.length === 0);
  learnLine(world, parsed, page);
  const fault =
    faultOf(world, parsed, page) ??
    bodyFault(world, { text, parsed }, page, step) ??
    contactFault(world, parsed, page, step);
  world.ledger.checks++;
  if (fault !== null) throw wrong('request-form', worker, fault, text);
  return { text, parsed, page, branch: parsed.branch ?? '', step };
}

const userOf = (uri: string): string => /^sip:([^@]*)@/.exec(uri)?.[1] ?? '';

function stepOf(world: World, worker: WorkerBook, text: string): AttemptStep | null {
  const values = valuesOf(text, world.facts.stepHeader.toLowerCase());
  if (values.length === 0) return null;
  const step = world.steps.get(values[0]!);
  if (values.length === 1 && step !== undefined) return step;
  throw wrong('request-form', worker, `no step of this plan: ${values.join(', ')}`, text);
}

/** What is wrong with it, or null. */
function faultOf(world: World, parsed: SlowMessage, page: ContextPage): string | null {
  const requestUri = page.attempt?.led?.uri ?? world.facts.plan.requestUri;
  if (parsed.method !== 'REGISTER') return `method ${parsed.method}`;
  if (parsed.requestUri !== requestUri) return `Request-URI ${parsed.requestUri}`;
  if (parsed.requestUri.includes('@')) return 'a user in the Request-URI (§10.2)';
  if (parsed.via.length !== 1) return `${parsed.via.length} Via values`;
  if (parsed.sentBy !== page.socket.sentBy) return `sent-by ${parsed.sentBy}`;
  if (parsed.branch === null || !parsed.branch.startsWith(COOKIE)) return `branch ${parsed.branch}`;
  if (parsed.branch.length === COOKIE.length) return 'a branch of nothing but the cookie';
  if (parsed.maxForwards < 0) return 'no Max-Forwards';
  if (parsed.fromTag === null) return 'no From tag';
  if (parsed.toTag !== null) return 'a To tag (§8.1.1.2)';
  if (parsed.fromUri !== page.addressOfRecord) return `From ${parsed.fromUri}`;
  if (parsed.toUri !== page.addressOfRecord) return `To ${parsed.toUri}`;
  return parsed.cseq < 1 ? `CSeq ${parsed.cseq}` : null;
}

/** The body that the step asks for, byte for byte, and its type. */
function bodyFault({ facts }: World, message: Message, page: ContextPage, step: AttemptStep | null): string | null {
  const { text, parsed } = message;
  const type = valuesOf(text, 'content-type');
  if (step?.body === undefined) return parsed?.body === '' && type.length === 0 ? null : 'a body';
  const wanted = encodeUtf8(filled(facts.plan, step.body.text, page));
  if (type.join() !== step.body.type) return `Content-Type ${type.join()}`;
  // Whose line no Contact has shown yet may name it in a body first.
  const isShown = facts.plan.phone?.line !== true || page.contact.includes(';line=');
  const told = isShown ? parsed?.body : parsed?.body.replace(/;line=[0-9A-Za-z]+/g, '');
  return told === decodeLatin1(wanted, 0, wanted.length) ? null : `another body: ${parsed?.body}`;
}

/** `;line=` is a word of the context's own, which nothing outside foretells: the first request shows it, and all others have it too. */
function learnLine({ facts, linesKnown }: World, { contacts }: SlowMessage, page: ContextPage): void {
  if (facts.plan.phone?.line !== true || page.contact.includes(';line=')) return;
  const managed = `${page.contact};line=`;
  const uri = contacts?.map(([each]) => each).find((each) => each.startsWith(managed));
  const line = uri?.slice(managed.length) ?? '';
  if (uri === undefined || !/^[0-9A-Za-z]+$/.test(line) || linesKnown.has(line)) return;
  linesKnown.add(line);
  page.contact = uri;
}

/** §10.2.1 to §10.2.3: what it says of bindings. */
function contactFault(world: World, parsed: SlowMessage, page: ContextPage, step: AttemptStep | null): string | null {
  const { cleanup, verify } = world.facts.plan;
  const isQuery = parsed.contacts?.length === 0;
  if (step === null && (isQuery ? verify === null : cleanup === 'none'))
    return 'no step, and nothing is to follow the run';
  const procedure = step === null ? (isQuery ? 'query' : cleanup) : step.procedure;
  const own = isQuery && step === null ? [] : ownUris(world, page, step);
  const isDeletion = isDeleting(page, step);
  const expires = step === null ? [isQuery ? -1 : 0] : isDeletion ? [step.expiresSeconds] : mayAsk(page, step);
  if (!expires.includes(parsed.expires)) return `Expires ${parsed.expires}, not ${expires.join(' or ')}`;
  if (parsed.contacts === null) return 'a malformed Contact';
  const told = parsed.contacts.map(([uri, seconds]) => `${uri} ${seconds}`).join(', ');
  const usual = procedure === 'wildcard' ? '* -1' : own.map((uri) => `${uri} -1`).join(', ');
  const expected = isDeletion ? deletionOf(page) : usual;
  return told === expected ? null : `Contact ${told || 'none'}, not ${expected || 'none'}`;
}
