// The keys of a scenario that are about the way back to a phone: what it answers to requests that come in, and what keeps its NAT's
// mapping open. Part of the schema (schema.ts).

import { z } from 'zod';
import { US_PER_SECOND } from '../std/index.ts';
import { parseHost } from './address.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { NatMode, PlanAdvertise } from './plan.ts';
import { DURATION_PATTERN, PERCENT_PATTERN, parseDuration, parsePercent } from './quantities.ts';
import { value } from './schema-values.ts';
import { parseTimeRange, TIME_RANGE_PATTERN } from './time-range.ts';

/** An hour: round trips are told modulo 71 minutes. */
const MAX_KEEPALIVE_US = 3_600 * US_PER_SECOND;

const parseNotifyAnswer = (text: string): Parsed<200 | 481> => {
  if (text === '200') return parsed(200);
  return text === '481' ? parsed(481) : fault(`${quoted(text)} is neither 200 nor 481`);
};

export const incoming = z
  .strictObject({
    notify: value(parseNotifyAnswer, {
      description:
        'Answer to NOTIFY: 481, no such subscription (RFC 6665 §4.1.3), or 200 as phones do for message waiting.',
      enum: [200, 481],
      type: 'integer',
    }).prefault('481'),
  })
  .meta({ description: 'What contexts answer to requests that come in on their sockets; OPTIONS 200, others 405.' });

/** Less would be no keepalive but a load of its own. */
const KEEPALIVE_US_LEAST = US_PER_SECOND;

const parseKeepaliveInterval = (text: string): Parsed<number> => {
  const length = parseDuration(text);
  if (!length.ok || (length.value >= KEEPALIVE_US_LEAST && length.value <= MAX_KEEPALIVE_US)) return length;
  return fault(`${quoted(text)}: a keepalive comes every 1s at the soonest, and every hour at the latest`);
};

const JITTER_MOST = 0.9;

const parseJitter = (text: string): Parsed<number> => {
  const share = parsePercent(text);
  return !share.ok || share.value <= JITTER_MOST ? share : fault(`${quoted(text)}: jitter is at most 90%`);
};

export const keepalive = z
  .strictObject({
    kind: z.enum(['crlf', 'stun', 'options']).meta({
      description: 'What is sent: CRLFCRLF, which nobody answers, a STUN Binding request (RFC 5626), or OPTIONS.',
    }),
    every: value(parseKeepaliveInterval, {
      description: 'Longest time from one to the next.',
      pattern: DURATION_PATTERN.source,
      examples: ['30s'],
    }).prefault('30s'),
    jitter: value(parseJitter, {
      description: 'How much sooner it may come, by chance (RFC 5626 §4.4: 20 %).',
      pattern: PERCENT_PATTERN.source,
      examples: ['20%'],
    }).prefault('20%'),
    per: z
      .enum(['context', 'socket'])
      .prefault('context')
      .meta({ description: 'For each phone that is registered, or once for each socket that they share.' }),
  })
  .meta({ description: 'Keeps NAT mappings open between registrations.', examples: [{ kind: 'stun', every: '29s' }] });

const NAT_MODES: readonly NatMode[] = ['off', 'direct', 'exosip'];

const parseNatMode = (text: string): Parsed<NatMode> => {
  const mode = NAT_MODES.find((each) => each === text);
  return mode === undefined ? fault(`${quoted(text)} is not known for nat; write off, direct or exosip`) : parsed(mode);
};

const natMode = value(parseNatMode, {
  description:
    'A Contact that is not where the registrar sees the phone (rport, received): left alone, repaired in the next request, or ' +
    'deleted and registered anew as libeXosip2 does it.',
  enum: NAT_MODES,
});

const parseRebindShare = (text: string): Parsed<number> => {
  const share = parsePercent(text);
  return share.ok && share.value === 0 ? fault(`${quoted(text)} of the contexts are none; leave rebind out`) : share;
};

const rebind = z
  .strictObject({
    share: value(parseRebindShare, {
      description: 'Share of the contexts, drawn from the seed.',
      pattern: PERCENT_PATTERN.source,
      examples: ['5%'],
    }),
    after: value(parseTimeRange, {
      description:
        'When, counted from the beginning of the run: at once for all of them, or each at a moment of this range.',
      pattern: TIME_RANGE_PATTERN.source,
      examples: ['30s', '30s-60s'],
    }),
  })
  .meta({
    description: 'As if the NATs of some phones forgot them: from then on they send from another local port.',
    examples: [{ share: '5%', after: '30s' }],
  });

/** A word, or the same with what else there is to say of NATs. */
export const nat = z
  .union([
    natMode,
    z.strictObject({ mode: natMode.prefault('off'), rebind: rebind.optional() }).meta({
      description: 'How Contacts follow the address that the registrar sees, and phones whose address changes.',
      examples: [{ mode: 'direct', rebind: { share: '5%', after: '30s' } }],
    }),
  ])
  .prefault('off')
  .meta({
    description: 'What is done about NATs between phones and registrar.',
    examples: ['direct', { mode: 'direct', rebind: { share: '5%', after: '30s' } }],
  });

const MAX_PORT = 65_535;

const parseAdvertise = (text: string): Parsed<PlanAdvertise> => {
  const [, hostText = '', portText] = /^([^:]*)(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = parseHost(hostText);
  if (!host.ok) return fault(`${quoted(text)} is no host or host:port`);
  if (portText === undefined) return parsed({ host: host.value, port: null });
  const port = Number(portText);
  return port > 0 && port <= MAX_PORT
    ? parsed({ host: host.value, port })
    : fault(`${quoted(text)}: ports go from 1 to ${MAX_PORT}`);
};

export const advertise = value(parseAdvertise, {
  description: 'What Contacts say instead of the own address: host, or host:port where all phones are reached.',
  examples: ['203.0.113.7:5060'],
});
