// What the engine's requests say: the REGISTER of each attempt step as a template text (RFC 3261 §10.2, §8.1.1). The order
// of header lines is that of the RFC's own examples; the credentials stand after Contact.
//
// DEVIATION (RFC 3261 §18.1.1): a request of more than 1300 bytes goes over UDP all the same, there being no TCP; the
// kernel fragments it.

import type { AttemptStep, PlanIdentities, RunPlan, TextTemplate } from '../scenario/index.ts';
import type { TemplatePiece } from '../sip/index.ts';
import { assertNever } from '../std/index.ts';

/** What is known of a run besides its plan when texts are made. */
export interface RequestFacts {
  readonly runId: string;
  readonly userAgent: string;
  /** `address:port` of the flow's socket: Via's sent-by and the Contact's host. */
  readonly sentBy: string;
  /** What stands before the address in From and To, quoted as it is to be; default: nothing. */
  readonly displayName?: string | null;
  /** Expires is a gap of so many digits, whatever the step says; absent: as the step says. */
  readonly expiresDigits?: number;
}

/** Under load the run's id stands in User-Agent too, so that a registrar's log tells runs apart. */
export const loadFacts = (runId: string, userAgent: string, sentBy: string): RequestFacts => ({
  runId,
  userAgent: `${userAgent} (${runId})`,
  sentBy,
});

const text = (value: string): TemplatePiece => ({ kind: 'text', text: value });

/** The user part of an identity: the scenario's template, in which only {index} may stand. */
export function userPieces(identities: PlanIdentities): readonly TemplatePiece[] {
  return fillText(identities.user, [], '');
}

/** Any other text of an identity. */
export function templatePieces(template: TextTemplate, identities: PlanIdentities): readonly TemplatePiece[] {
  return fillText(template, userPieces(identities), '');
}

/** The REGISTER of one step. */
export function registerPieces(plan: RunPlan, step: AttemptStep, facts: RequestFacts): readonly TemplatePiece[] {
  const user = userPieces(plan.identities);
  const { domain } = plan.identities;
  const name = facts.displayName === undefined || facts.displayName === null ? '' : `${facts.displayName} `;
  return [
    text(`REGISTER ${plan.requestUri} SIP/2.0\r\nVia: SIP/2.0/UDP ${facts.sentBy};branch=`),
    { kind: 'branch' },
    text(`;rport\r\nMax-Forwards: 70\r\nFrom: ${name}<sip:`),
    ...user,
    text(`@${domain}>;tag=`),
    { kind: 'fromTag' },
    text(`\r\nTo: ${name}<sip:`),
    ...user,
    text(`@${domain}>\r\nCall-ID: ${facts.runId}-`),
    { kind: 'index', width: 1 },
    text('\r\nCSeq: '),
    { kind: 'cseq' },
    text(' REGISTER\r\n'),
    ...contactLine(step, user, facts.sentBy),
    { kind: 'credentials' },
    ...expiresLine(step, facts.expiresDigits),
    ...headerLines(step, user, facts.sentBy),
    text(`User-Agent: ${facts.userAgent}\r\nContent-Length: 0\r\n\r\n`),
  ];
}

/** A keepalive: OPTIONS to the registrar, from the identity, with a Call-ID of its own (RFC 3261 §11.1). */
export function pingPieces(plan: RunPlan, facts: RequestFacts): readonly TemplatePiece[] {
  const { domain } = plan.identities;
  return [
    text(`OPTIONS ${plan.requestUri} SIP/2.0\r\nVia: SIP/2.0/UDP ${facts.sentBy};branch=`),
    { kind: 'branch' },
    text(';rport\r\nMax-Forwards: 70\r\nFrom: <sip:'),
    ...userPieces(plan.identities),
    text(`@${domain}>;tag=`),
    { kind: 'fromTag' },
    text(`\r\nTo: <${plan.requestUri}>\r\nCall-ID: ${facts.runId}-`),
    { kind: 'index', width: 1 },
    text('-keepalive\r\nCSeq: '),
    { kind: 'cseq' },
    text(` OPTIONS\r\nUser-Agent: ${facts.userAgent}\r\nContent-Length: 0\r\n\r\n`),
  ];
}

/** The managed Contact's URI, without angle brackets: what the binding is recognised by in a 200. */
export function contactPieces(user: readonly TemplatePiece[], sentBy: string): readonly TemplatePiece[] {
  return [text('sip:'), ...user, text(`@${sentBy}`)];
}

/** RFC 3261 §10.2.2: `*` removes all bindings; §10.2.3: without Contact the bindings are asked for. */
function contactLine(step: AttemptStep, user: readonly TemplatePiece[], sentBy: string): readonly TemplatePiece[] {
  if (step.procedure === 'query') return [];
  if (step.procedure === 'wildcard') return [text('Contact: *\r\n')];
  return [text('Contact: <'), ...contactPieces(user, sentBy), text('>\r\n')];
}

function expiresLine(step: AttemptStep, digits: number | undefined): readonly TemplatePiece[] {
  if (step.expiresSeconds === null) return [];
  if (digits === undefined) return [text(`Expires: ${step.expiresSeconds}\r\n`)];
  return [text('Expires: '), { kind: 'expires', digits }, text('\r\n')];
}

function headerLines(step: AttemptStep, user: readonly TemplatePiece[], sentBy: string): readonly TemplatePiece[] {
  return step.headers.flatMap((header) => [
    text(`${header.name}: `),
    ...fillText(header.value, user, sentBy),
    text('\r\n'),
  ]);
}

function fillText(template: TextTemplate, user: readonly TemplatePiece[], sentBy: string): readonly TemplatePiece[] {
  return template.flatMap((part): readonly TemplatePiece[] => {
    switch (part.kind) {
      case 'text':
        return [text(part.text)];
      case 'index':
        return [{ kind: 'index', width: part.width }];
      case 'user':
        return user;
      case 'contact':
        return contactPieces(user, sentBy);
      default:
        return assertNever(part, 'template part');
    }
  });
}
