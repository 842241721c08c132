// Requests that differ from what their step says because an answer asked for it. The text of such a request is made when the
// first context needs it, and kept with its flow for all others:
//
//   asks for longer than the step (423, RFC 3261 §10.2.8)   a text with gaps for the intervals that were too brief, one for each
//                                                           number of digits, and for how many of the intervals they are
//   goes where a redirect led (RFC 3261 §8.1.3.4)           a text with that Request-URI, one for each that a worker keeps
//
// Few are ever made: the digits of Min-Expires times the Request-URIs, for each step and socket that meets them.

import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { RegisterTemplate } from '../sip/index.ts';
import { createRegisterTemplate } from '../sip/index.ts';
import { decimalDigits, decodeLatin1 } from '../std/index.ts';
import type { IntervalTable } from './intervals.ts';
import { countBelow, EXPIRES_DIGITS_MOST, INTERVALS_MOST, leastSecondsOf } from './intervals.ts';
import { textsOf } from './repair-table.ts';
import { deletionFor } from './replacement-table.ts';
import { loadFacts, registerPieces } from './request-text.ts';
import { uriOf } from './request-uris.ts';
import type { SpeakerTable } from './speakers.ts';
import { speakerOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

/** Texts are numbered in 16 bits. */
const MOST_TEXTS = 65_536;
/** Ways in which intervals are raised: by how many they are, and the digits of what they are raised to. */
const RAISED = (EXPIRES_DIGITS_MOST + 1) * (INTERVALS_MOST + 1);
/** In the place of such a number. */
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
  const deletion = deletionFor(engine.replacements, context, instruction.template);
  const step = deletion ?? instruction.step;
  // What is to go is not asked to stay for longer.
  const raised = isRaised && deletion === null ? raisedIntervals(engine, intervals, context, step) : NOT_RAISED;
  if (uri === 0 && raised === NOT_RAISED) return usual;
  if (engine.speakers !== null) return spokenVariant(engine, engine.speakers, context, uri, raised);
  return variantOf(engine, context, step, (uri * MOST_TEXTS + template) * RAISED + raised);
}

/**
 * Which intervals of the step are raised to what the engine's fields then hold, as a number: how many, which are its briefest, and the digits
 * of what they are raised to. NOT_RAISED where all are the step's own.
 */
function raisedIntervals(engine: Engine, intervals: IntervalTable, context: number, step: AttemptStep): number {
  const least = leastSecondsOf(intervals, context, step);
  const count = countBelow(step, least);
  if (count === 0) return NOT_RAISED;
  engine.fields.expires = least;
  return decimalDigits(least) * (INTERVALS_MOST + 1) + count;
}

function spokenVariant(
  { redirects, fields }: Engine,
  speakers: SpeakerTable,
  context: number,
  uri: number,
  raised: number,
): RegisterTemplate {
  const speaker = speakerOf(speakers, context);
  const least = raised === NOT_RAISED ? 0 : fields.expires;
  return speaker.variant(uri === 0 ? null : redirects!.uris[uri - 1]!.text, least);
}

/** `key` is the Request-URI's number, the text's, and that of its raised intervals, in one. */
function variantOf(engine: Engine, context: number, step: AttemptStep, key: number): RegisterTemplate {
  const flow = flowOf(engine, context);
  const texts = textsOf(engine.repairs, flow, context);
  const known = texts.variants.get(key);
  if (known !== undefined) return known;
  const sentBy = decodeLatin1(flow.sentBy, 0, flow.sentBy.length);
  const facts = {
    ...loadFacts(engine.options, sentBy),
    contactHost: texts.host,
    ...(key % RAISED === NOT_RAISED ? {} : { leastSeconds: engine.fields.expires }),
  };
  const plan = planTowards(engine, Math.floor(key / (MOST_TEXTS * RAISED)));
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
