// The Contacts of a request (RFC 3261 §10.2.1, §20.10) as pieces of its text: the managed one, at the address of the socket,
// or those that a step lists, a line each.
//
//   Contact: <sip:u17@192.0.2.4:40000;line=9f02c1d417>;q=0.5;+sip.instance="<urn:uuid:…>";reg-id=1
//            managed URI               of the run, then the number of the context

import type { AttemptStep, PlanContact, RunPlan, TextTemplate } from '../scenario/index.ts';
import type { TemplatePiece } from '../sip/index.ts';
import { UUID_BYTES } from '../sip/index.ts';
import { decimalDigits, hashText } from '../std/index.ts';
import { isBelow } from './intervals.ts';
import { text } from './pieces.ts';

export interface ContactFacts {
  readonly runId: string;
  readonly sentBy: string;
}

export interface ContactTexts {
  /** The managed Contact's URI. */
  readonly managed: readonly TemplatePiece[];
  readonly seed: number;
  readonly fill: (template: TextTemplate) => readonly TemplatePiece[];
  /** Intervals below this are a gap of as many digits as it has. */
  readonly leastSeconds: number;
}

const LINE_DIGITS = 8;
const INSTANCE_SALT = 'instance';
const INSTANCE_URN = 'urn:uuid:';
export const INSTANCE_BYTES = INSTANCE_URN.length + UUID_BYTES;

/** Its URI, without angle brackets. */
export function managedContact(
  plan: RunPlan,
  user: readonly TemplatePiece[],
  facts: ContactFacts,
): readonly TemplatePiece[] {
  const uri = [text('sip:'), ...user, text(`@${facts.sentBy}`)];
  return plan.phone?.line === true ? [...uri, text(';line='), ...lineValuePieces(facts.runId)] : uri;
}

/**
 * A word that no other context has, for `;line=`: digits of the run, then the context's number. As in eXosip2 it lasts as
 * long as the program runs; being made of digits that differ only in places, answers with it still look alike.
 */
export function lineValuePieces(runId: string): readonly TemplatePiece[] {
  const run = hashText(`line ${runId}`).toString(16).padStart(LINE_DIGITS, '0');
  return [text(run), { kind: 'index', width: 1 }];
}

/** RFC 3261 §10.2.2: `*` removes all bindings; §10.2.3: without Contact the bindings are asked for. */
export function contactLines(step: AttemptStep, texts: ContactTexts): readonly TemplatePiece[] {
  if (step.procedure === 'query') return [];
  if (step.procedure === 'wildcard') return [text('Contact: *\r\n')];
  if (step.contacts === undefined) return [text('Contact: <'), ...texts.managed, text('>\r\n')];
  return step.contacts.flatMap((contact) => [
    text('Contact: <'),
    ...texts.fill(contact.uri),
    text('>'),
    ...parameterPieces(contact, texts),
    text('\r\n'),
  ]);
}

function parameterPieces(contact: PlanContact, { seed, fill, leastSeconds }: ContactTexts): readonly TemplatePiece[] {
  const { q, expiresSeconds, instance, regId, parameters } = contact;
  return [
    text(q === null ? '' : `;q=${q}`),
    ...(expiresSeconds === null ? [] : [text(';expires='), intervalPiece(expiresSeconds, leastSeconds)]),
    ...(instance ? [text(';+sip.instance="<'), ...instancePieces(seed), text('>"')] : []),
    text(regId === null ? '' : `;reg-id=${regId}`),
    ...parameters.flatMap(({ name, value }) => [text(value.length === 0 ? `;${name}` : `;${name}=`), ...fill(value)]),
  ];
}

/** RFC 3261 §10.2.8: after a 423 nothing of the request asks for less than the registrar wants, unless it is to go. */
export const intervalPiece = (seconds: number, least: number): TemplatePiece =>
  isBelow(seconds, least) ? { kind: 'expires', digits: decimalDigits(least) } : text(String(seconds));

/** RFC 5626 §4.1: a URN; in a Contact it stands in angle brackets, those in double quotes. */
export const instancePieces = (seed: number): readonly TemplatePiece[] => [
  text(INSTANCE_URN),
  { kind: 'instance', seed: hashText(`${INSTANCE_SALT} ${seed}`) | 0 },
];
