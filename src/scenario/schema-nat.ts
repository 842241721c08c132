// The keys of a scenario that are about the way back to a phone: what it answers to requests that come in, and what keeps its NAT's
// mapping open. Part of the schema (schema.ts).

import { z } from 'zod';
import { US_PER_SECOND } from '../std/index.ts';
import { parseHost } from './address.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { PlanAdvertise } from './plan.ts';
import { DURATION_PATTERN, PERCENT_PATTERN, parseDuration, parsePercent } from './quantities.ts';
import { value } from './schema-values.ts';

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

export const nat = z.enum(['off', 'direct']).prefault('off').meta({
  description:
    'A Contact that is not where the registrar sees the phone (rport, received): left alone, or repaired in the next request.',
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
