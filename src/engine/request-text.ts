// What the engine's requests say: the REGISTER of each attempt step as a template text (RFC 3261 §10.2, §8.1.1). The order
// of header lines is that of the RFC's own examples; the credentials stand after Contact. Contacts are in contact-lines.ts.
//
// DEVIATION (RFC 3261 §18.1.1): a request of more than 1300 bytes goes over UDP all the same, there being no TCP; the
// kernel fragments it.

import type { AttemptStep, PlanContact, PlanHeader, PlanIdentities, RunPlan, TextTemplate } from '../scenario/index.ts';
import type { TemplatePiece } from '../sip/index.ts';
import { assertNever } from '../std/index.ts';
import type { ContactFacts } from './contact-lines.ts';
import { contactLines, intervalPiece, managedContact } from './contact-lines.ts';
import { escapeQuoted, text } from './pieces.ts';
import { columnPiece, domainPiece, requestUriPieces } from './subscribers.ts';

/** What is known of a run besides its plan when texts are made. */
export interface RequestFacts {
  readonly runId: string;
  readonly seed: number;
  readonly userAgent: string;
  /** `address:port` of the flow's socket: Via's sent-by and the Contact's host and port. */
  readonly sentBy: string;
  /** What the Contact says instead; default: the same. */
  readonly contactHost?: string;
  /** What stands before the address in From and To, quoted as it is to be; default: nothing. */
  readonly displayName?: string | null;
  /** Intervals below this are a gap of as many digits as it has; absent: all are as the step says. */
  readonly leastSeconds?: number;
}

type LoadOptions = Pick<RequestFacts, 'runId' | 'seed' | 'userAgent'>;

/** Under load the run's id stands in User-Agent too, so that a registrar's log tells runs apart. */
export const loadFacts = (options: LoadOptions, sentBy: string): RequestFacts => ({
  runId: options.runId,
  seed: options.seed,
  userAgent: `${options.userAgent} (${options.runId})`,
  sentBy,
});

/** The user part of an identity: the scenario's template, in which only {index} may stand. */
export function userPieces(identities: PlanIdentities): readonly TemplatePiece[] {
  return fillText(identities, identities.user, [], []);
}

/** Any other text of an identity. */
export function templatePieces(template: TextTemplate, identities: PlanIdentities): readonly TemplatePiece[] {
  return fillText(identities, template, userPieces(identities), []);
}

/** The REGISTER of one step. */
export function registerPieces(plan: RunPlan, step: AttemptStep, facts: RequestFacts): readonly TemplatePiece[] {
  const { phone } = plan;
  const user = userPieces(plan.identities);
  const contact = managedContact(plan, user, { ...facts, sentBy: facts.contactHost ?? facts.sentBy });
  const fill = (template: TextTemplate): readonly TemplatePiece[] => fillText(plan.identities, template, user, contact);
  const name = namePieces(plan, facts, fill);
  const addressOfRecord = [text('sip:'), ...user, text('@'), domainPiece(plan.identities)];
  return [
    ...[text('REGISTER '), ...requestUriPieces(plan)],
    text(` SIP/2.0\r\nVia: SIP/2.0/UDP ${facts.sentBy};branch=`),
    { kind: 'branch' },
    text(';rport\r\nMax-Forwards: 70\r\n'),
    ...(phone?.route == null ? [] : [text(`Route: ${phone.route}\r\n`)]),
    ...[text('From: '), ...name, text('<'), ...addressOfRecord, text('>;tag=')],
    { kind: 'fromTag' },
    ...[text('\r\nTo: '), ...name, text('<'), ...(phone?.to == null ? addressOfRecord : fill(phone.to))],
    text(`>\r\nCall-ID: ${facts.runId}-`),
    { kind: 'index', width: 1 },
    text('\r\nCSeq: '),
    { kind: 'cseq' },
    text(' REGISTER\r\n'),
    ...contactLines(step, { managed: contact, seed: facts.seed, fill, leastSeconds: facts.leastSeconds ?? 0 }),
    { kind: 'credentials' },
    ...expiresLine(step, facts.leastSeconds ?? 0),
    ...headerLines([...(phone?.headers ?? []), ...step.headers], fill),
    ...[text('User-Agent: '), ...userAgentPieces(plan, facts, fill), text('\r\n')],
    ...bodyPieces(step, fill),
  ];
}

/** A keepalive: OPTIONS to the registrar, from the identity, with a Call-ID of its own (RFC 3261 §11.1). */
export function pingPieces(plan: RunPlan, facts: RequestFacts): readonly TemplatePiece[] {
  const requestUri = requestUriPieces(plan);
  return [
    ...[text('OPTIONS '), ...requestUri],
    text(` SIP/2.0\r\nVia: SIP/2.0/UDP ${facts.sentBy};branch=`),
    { kind: 'branch' },
    text(';rport\r\nMax-Forwards: 70\r\nFrom: <sip:'),
    ...userPieces(plan.identities),
    ...[text('@'), domainPiece(plan.identities), text('>;tag=')],
    { kind: 'fromTag' },
    ...[text('\r\nTo: <'), ...requestUri],
    text(`>\r\nCall-ID: ${facts.runId}-`),
    { kind: 'index', width: 1 },
    text('-keepalive\r\nCSeq: '),
    { kind: 'cseq' },
    text(` OPTIONS\r\nUser-Agent: ${facts.userAgent}\r\nContent-Length: 0\r\n\r\n`),
  ];
}

/** The managed Contact's URI, without angle brackets: what the binding is recognised by in a 200. */
export function managedPieces(plan: RunPlan, facts: ContactFacts): readonly TemplatePiece[] {
  return managedContact(plan, userPieces(plan.identities), facts);
}

/** The URI of one Contact of a step. */
export function contactUriPieces(plan: RunPlan, contact: PlanContact, facts: ContactFacts): readonly TemplatePiece[] {
  return fillText(plan.identities, contact.uri, userPieces(plan.identities), managedPieces(plan, facts));
}

type Fill = (template: TextTemplate) => readonly TemplatePiece[];

/** RFC 3261 §25.1: a display name in quotes, which may hold anything. */
function namePieces({ phone }: RunPlan, facts: RequestFacts, fill: Fill): readonly TemplatePiece[] {
  if (facts.displayName != null) return [text(`${facts.displayName} `)];
  return phone?.displayName == null ? [] : [text('"'), ...escapeQuoted(fill(phone.displayName)), text('" ')];
}

function expiresLine({ expiresSeconds }: AttemptStep, least: number): readonly TemplatePiece[] {
  if (expiresSeconds === null) return [];
  return [text('Expires: '), intervalPiece(expiresSeconds, least), text('\r\n')];
}

function headerLines(headers: readonly PlanHeader[], fill: Fill): readonly TemplatePiece[] {
  return headers.flatMap((header) => [text(`${header.name}: `), ...fill(header.value), text('\r\n')]);
}

function userAgentPieces({ phone }: RunPlan, facts: RequestFacts, fill: Fill): readonly TemplatePiece[] {
  return phone?.userAgent == null ? [text(facts.userAgent)] : fill(phone.userAgent);
}

/** RFC 3261 §20.14, §20.15: its length in bytes, and what it is. Content-Length is the last header. */
function bodyPieces({ body }: AttemptStep, fill: Fill): readonly TemplatePiece[] {
  if (body === undefined) return [text('Content-Length: 0\r\n\r\n')];
  return [
    text(`Content-Type: ${body.type}\r\nContent-Length: `),
    { kind: 'bodyBytes' },
    text('\r\n\r\n'),
    ...(body.bytes === undefined ? fill(body.text) : [{ kind: 'bytes', bytes: body.bytes } as const]),
  ];
}

function fillText(
  identities: PlanIdentities,
  template: TextTemplate,
  user: readonly TemplatePiece[],
  contact: readonly TemplatePiece[],
): readonly TemplatePiece[] {
  return template.flatMap((part): readonly TemplatePiece[] => {
    switch (part.kind) {
      case 'text':
        return [text(part.text)];
      case 'index':
        return [{ kind: 'index', width: part.width }];
      case 'user':
        return user;
      case 'contact':
        return contact;
      case 'column':
        return [columnPiece(identities, part.name)];
      default:
        return assertNever(part, 'template part');
    }
  });
}
