// Requests that differ from what their step says because an answer asked for it. The text of such a request is made when the
// first context needs it, and kept with its flow for all others:
//
//   asks for longer than the step (423, RFC 3261 §10.2.8)   a text with a gap for the Expires value, one for each number of digits
//
// Few are ever made: the digits of Min-Expires, for each step and socket that meets them.

import type { AttemptStep } from '../scenario/index.ts';
import type { RegisterTemplate } from '../sip/index.ts';
import { createRegisterTemplate } from '../sip/index.ts';
import { decimalDigits, decodeLatin1 } from '../std/index.ts';
import { askedSeconds, EXPIRES_DIGITS_MOST } from './intervals.ts';
import { textsOf } from './repair-table.ts';
import { loadFacts, registerPieces } from './request-text.ts';
import { speakerOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

/** The text of a context's request; what it asks for is then in the engine's fields. */
export function templateOf(engine: Engine, context: number, template: number): RegisterTemplate {
  const { intervals, contexts } = engine;
  const usual = textsOf(engine.repairs, flowOf(engine, context), context).templates[template]!;
  if (intervals === null || intervals.raisedContexts === 0 || intervals.leastSeconds[context] === 0) return usual;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return usual;
  const seconds = askedSeconds(intervals, context, instruction.step);
  if (seconds === (instruction.step.expiresSeconds ?? 0)) return usual;
  engine.fields.expires = seconds;
  const digits = decimalDigits(seconds);
  if (engine.speakers !== null) return speakerOf(engine.speakers, context).withExpires(digits);
  return variantOf(engine, context, instruction.step, template * (EXPIRES_DIGITS_MOST + 1) + digits);
}

/** `key` is the text's number and that of the digits of its Expires value, in one. */
function variantOf(engine: Engine, context: number, step: AttemptStep, key: number): RegisterTemplate {
  const flow = flowOf(engine, context);
  const texts = textsOf(engine.repairs, flow, context);
  const known = texts.variants.get(key);
  if (known !== undefined) return known;
  const { plan } = engine.options;
  const sentBy = decodeLatin1(flow.sentBy, 0, flow.sentBy.length);
  const contactHost = texts.host;
  const facts = { ...loadFacts(engine.options, sentBy), contactHost, expiresDigits: key % (EXPIRES_DIGITS_MOST + 1) };
  const made = createRegisterTemplate(registerPieces(plan, step, facts), engine.branch);
  texts.variants.set(key, made);
  return made;
}
