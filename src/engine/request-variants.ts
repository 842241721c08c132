// Requests that differ from what their step says because an answer asked for it. The text of such a request is made when the
// first context needs it, and kept with its flow for all others:
//
//   asks for longer than the step (423, RFC 3261 §10.2.8)   a text with a gap for the Expires value, one for each number of digits
//   goes where a redirect led (RFC 3261 §8.1.3.4)           a text with that Request-URI, one for each that a worker keeps
//
// Few are ever made: the digits of Min-Expires times the Request-URIs, for each step and socket that meets them.

import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { RegisterTemplate } from '../sip/index.ts';
import { createRegisterTemplate } from '../sip/index.ts';
import { decimalDigits, decodeLatin1 } from '../std/index.ts';
import type { IntervalTable } from './intervals.ts';
import { askedSeconds, EXPIRES_DIGITS_MOST } from './intervals.ts';
import { textsOf } from './repair-table.ts';
import { loadFacts, registerPieces } from './request-text.ts';
import { uriOf } from './request-uris.ts';
import type { SpeakerTable } from './speakers.ts';
import { speakerOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

/** Texts are numbered in 16 bits. */
const MOST_TEXTS = 65_536;
const DIGITS = EXPIRES_DIGITS_MOST + 1;
/** In the place of a number of digits. */
const NOT_RAISED = 0;

/** The text of a context's request; what it asks for is then in the engine's fields. */
export function templateOf(engine: Engine, context: number, template: number): RegisterTemplate {
  const { intervals, contexts } = engine;
  const usual = textsOf(engine.repairs, flowOf(engine, context), context).templates[template]!;
  const uri = uriOf(engine, context);
  const isRaised = intervals !== null && intervals.raisedContexts !== 0 && intervals.leastSeconds[context] !== 0;
  if (uri === 0 && !isRaised) return usual;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return usual;
  const digits = isRaised ? raisedDigits(engine, intervals, context, instruction.step) : NOT_RAISED;
  if (uri === 0 && digits === NOT_RAISED) return usual;
  if (engine.speakers !== null) return spokenVariant(engine, engine.speakers, context, uri, digits);
  return variantOf(engine, context, instruction.step, (uri * MOST_TEXTS + template) * DIGITS + digits);
}

/** How many digits the Expires value has that the engine's fields then hold; NOT_RAISED where it is the step's own. */
function raisedDigits(engine: Engine, intervals: IntervalTable, context: number, step: AttemptStep): number {
  const seconds = askedSeconds(intervals, context, step);
  if (seconds === (step.expiresSeconds ?? 0)) return NOT_RAISED;
  engine.fields.expires = seconds;
  return decimalDigits(seconds);
}

function spokenVariant(
  { redirects }: Engine,
  speakers: SpeakerTable,
  context: number,
  uri: number,
  digits: number,
): RegisterTemplate {
  const speaker = speakerOf(speakers, context);
  return speaker.variant(uri === 0 ? null : redirects!.uris[uri - 1]!.text, digits);
}

/** `key` is the Request-URI's number, the text's, and that of the digits of its Expires value, in one. */
function variantOf(engine: Engine, context: number, step: AttemptStep, key: number): RegisterTemplate {
  const flow = flowOf(engine, context);
  const texts = textsOf(engine.repairs, flow, context);
  const known = texts.variants.get(key);
  if (known !== undefined) return known;
  const sentBy = decodeLatin1(flow.sentBy, 0, flow.sentBy.length);
  const digits = key % DIGITS;
  const facts = {
    ...loadFacts(engine.options, sentBy),
    contactHost: texts.host,
    ...(digits === NOT_RAISED ? {} : { expiresDigits: digits }),
  };
  const plan = planTowards(engine, Math.floor(key / (MOST_TEXTS * DIGITS)));
  const made = createRegisterTemplate(registerPieces(plan, step, facts), engine.branch);
  texts.variants.set(key, made);
  return made;
}

/** The plan with a Request-URI that a redirect brought, by its number. */
function planTowards({ options, redirects }: Engine, uri: number): RunPlan {
  if (uri === 0) return options.plan;
  const { text } = redirects!.uris[uri - 1]!;
  return { ...options.plan, requestUri: decodeLatin1(text, 0, text.length) };
}
