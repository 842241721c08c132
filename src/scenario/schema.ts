// The scenario's one source: keys, types, defaults, descriptions and value checks, as a zod schema. From it come the type
// that load-scenario.ts works with, the JSON Schema for editors, the names of environment variables, and (through
// read-tree.ts, which walks YAML nodes along it) every key and value check with its place. zod itself only ever parses
// single values here: on a whole document its unions hide errors, and it knows no lines and columns.
//
// A value is always text (the scalar's source, so that `0123` and `1e5` stay what was written) and is parsed by the
// functions of this folder. What relates two values to each other is checked in check-scenario.ts.

import { z } from 'zod';
import { parseDnsServer, parseDomain, parseIpv4, parseRequestUri, parseTarget } from './address.ts';
import {
  body,
  contact,
  contacts,
  displayName,
  qOf,
  requireBindings,
  requireGranted,
  route,
  toUri,
  userAgent,
  type WrittenExtras,
} from './contact-schema.ts';
import { credentialKeys, credentials } from './credential-schema.ts';
import { failureOptions, type WrittenFailure } from './failure-schema.ts';
import { MAX_SOCKETS_PER_WORKER } from './local-sockets.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { TextTemplate } from './plan.ts';
import { PERCENT_PATTERN, parsePercent, parseRate, RATE_PATTERN } from './quantities.ts';
import { redirects } from './redirects.ts';
import { embeddedSchema } from './registrar-schema.ts';
import { advertise, incoming, keepalive, nat } from './schema-nat.ts';
import {
  duration,
  expires,
  oneOf,
  parseExpires,
  percent,
  positiveDuration,
  value,
  wholeNumber,
  yesNo,
} from './schema-values.ts';
import { parseShareRange, SHARE_RANGE_PATTERN } from './share-range.ts';
import { MAX_STARTS } from './shares.ts';
import { parseHeaderName, parseHeaderValue, parseUserTemplate } from './template.ts';

const zeroExpires = value(
  (text) => {
    const seconds = parseExpires(text);
    if (!seconds.ok || seconds.value === 0) return seconds;
    return fault('unregister always asks for 0s; leave expires out, or use refresh to ask for another time');
  },
  { description: 'Always 0s, which is also the default.', const: '0s' },
);

const headers = z
  .record(
    value(parseHeaderName, { description: 'A header name that regstorm does not write itself.' }),
    value(parseHeaderValue, {
      description: 'Text; {index}, {index:8}, {user}, {contact} and columns of identities.csv stand for the context.',
    }),
  )
  .meta({ description: 'Headers added to the request, in this order.', examples: [{ Supported: 'path' }] });

const registerOptions = (description: string) =>
  z
    .strictObject({
      expires: expires('Expires asked for, whole seconds; default 3600s.').optional(),
      q: qOf.optional(),
      contacts: contacts.optional(),
      headers: headers.optional(),
      body: body.optional(),
      require: requireGranted.optional(),
      ...failureOptions,
    })
    .meta({ description });

/** The steps that take options, by name. A step without options may also be written as its bare name. */
const stepOptions = {
  register: registerOptions('REGISTER with a Contact: create the binding.'),
  refresh: registerOptions('REGISTER with the same Contact: prolong the binding.'),
  unregister: z
    .strictObject({
      expires: zeroExpires.optional(),
      contacts: contacts.optional(),
      headers: headers.optional(),
      body: body.optional(),
      require: requireBindings.optional(),
      ...failureOptions,
    })
    .meta({ description: 'REGISTER with Expires: 0 for the own Contact.' }),
  wildcard: z
    .strictObject({
      expires: expires('Default 0s; anything else breaks RFC 3261 §10.2.2 on purpose.').optional(),
      headers: headers.optional(),
      body: body.optional(),
      require: requireBindings.optional(),
      ...failureOptions,
    })
    .meta({ description: 'REGISTER with Contact: * and Expires: 0: remove all bindings of the user.' }),
  query: z
    .strictObject({
      headers: headers.optional(),
      body: body.optional(),
      require: requireBindings.optional(),
      ...failureOptions,
    })
    .meta({ description: 'REGISTER without Contact: ask for the bindings.' }),
};

const hold = registerOptions('')
  .extend({
    expires: expires(
      'Expires asked for in its refreshes; default: what the register or refresh before it asks for.',
    ).optional(),
    for: positiveDuration('How long to stay registered.', '1h'),
    refreshAt: value(parseShareRange, {
      description:
        'When to refresh: a share of the granted interval, or a range of which each refresh draws one; default 80-95%.',
      pattern: SHARE_RANGE_PATTERN.source,
      examples: ['80-95%', '90%'],
    }).optional(),
    margin: duration(
      'Refresh at the latest so long before the binding ends; of short intervals at most half is left out.',
      '5s',
    ).optional(),
    cap: positiveDuration('Refresh at the latest so long after the 200.', '900s').optional(),
  })
  .meta({ description: 'Stay registered for a time, and refresh the binding before it expires.' });

const wait = z
  .union([
    duration('A fixed time.', '2s'),
    z.strictObject({
      uniform: z
        .tuple([duration('At least.', '1s'), duration('At most.', '3s')])
        .meta({ description: 'Evenly between two times.', examples: [['1s', '3s']] }),
    }),
    z.strictObject({ exponential: positiveDuration('Exponentially distributed, with this mean.', '2s') }),
    z.strictObject({ ofExpires: percent('A share of the granted expiry time.', '50%') }),
  ])
  .meta({ description: 'How long to wait before the next step.', examples: ['2s'] });

export interface WrittenAttempt extends WrittenFailure, WrittenExtras {
  readonly expires?: number | undefined;
  readonly headers?: Readonly<Record<string, TextTemplate>> | undefined;
}

/** A step as read: values parsed, shape still that of the file. Written out because it contains itself. */
export type WrittenStep =
  | (typeof BARE_STEPS)[number]
  | {
      readonly [K in keyof typeof stepOptions]: { readonly [N in K]: z.output<(typeof stepOptions)[K]> };
    }[keyof typeof stepOptions]
  | { readonly wait: z.output<typeof wait> }
  | { readonly hold: z.output<typeof hold> }
  | { readonly repeat: { readonly times: number; readonly steps: readonly WrittenStep[] } };

export const BARE_STEPS = ['register', 'refresh', 'unregister', 'wildcard', 'query', 'discard'] as const;

const MAX_REPEATS = 1_000_000;

const step: z.ZodType<WrittenStep> = z
  .union([
    z.enum(BARE_STEPS),
    z.strictObject({ register: stepOptions.register }),
    z.strictObject({ refresh: stepOptions.refresh }),
    z.strictObject({ unregister: stepOptions.unregister }),
    z.strictObject({ wildcard: stepOptions.wildcard }),
    z.strictObject({ query: stepOptions.query }),
    z.strictObject({ wait }),
    z.strictObject({ hold }),
    z.strictObject({
      repeat: z
        .strictObject({
          times: wholeNumber('a number of repeats', 1, MAX_REPEATS, { description: 'How often.', examples: [3] }),
          steps: z.array(z.lazy(() => step)).meta({ description: 'The steps to repeat.', minItems: 1 }),
        })
        .meta({ description: 'Run some steps several times; at most four levels deep.' }),
    }),
  ])
  .meta({ id: 'step', description: 'One step of the flow.' });

const parseName = (text: string): Parsed<string> =>
  /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(text)
    ? parsed(text)
    : fault(`${quoted(text)} cannot be a name; use up to 64 letters, digits, dots, dashes and underscores`);

const parseVersion = (text: string): Parsed<1> =>
  text === '1' ? parsed(1) : fault(`${quoted(text)} is not a known version; this program reads version 1`);

const identities = z
  .strictObject({
    count: wholeNumber('a number of contexts', 1, 10_000_000, {
      description: 'How many simulated user agents (contexts) there are.',
      examples: [1000],
    }).optional(),
    first: wholeNumber('the first index', 0, 999_999_999_999, {
      description: 'What {index} counts from; with csv the first row that is used, the one below the names being 0.',
    }).prefault('0'),
    csv: value((text) => (text === '' ? fault('the file name is empty') : parsed(text)), {
      description:
        'The users from a file (RFC 4180) relative to the scenario file, a context a row; its first line names the columns: ' +
        'user, and as needed domain, authUser, password, ha1, realm and others for headers.',
      examples: ['subscribers.csv'],
    }).optional(),
    user: value(parseUserTemplate, {
      description: 'User part of each address-of-record; {index} or {index:8} stands for the number of the context.',
      examples: ['u{index:8}'],
    }).optional(),
    domain: value(parseDomain, {
      description: 'Domain of each address-of-record.',
      examples: ['test.example'],
    }).optional(),
    displayName: displayName.optional(),
    to: toUri.optional(),
    ...credentialKeys,
    credentials,
  })
  .meta({
    description: 'The simulated user agents.',
    anyOf: [{ required: ['csv'] }, { required: ['count', 'user', 'domain'] }],
  });

const auth = z
  .strictObject({
    reuseNonce: yesNo({
      description:
        'Use a kept nonce for the next request; false: every attempt begins without credentials, which doubles the requests.',
      examples: [false],
    }).prefault('true'),
    checkRspauth: yesNo({
      description:
        'A 2xx whose server does not prove that it knows the password (a wrong rspauth, RFC 7616 §3.5) fails the attempt as rspauth-wrong; ' +
        'else it is counted. One without rspauth proves nothing wrong.',
      examples: [true],
    }).prefault('false'),
  })
  .meta({ description: 'How challenges are answered.' });

const load = z
  .strictObject({
    model: z
      .enum(['constant-rate'])
      .prefault('constant-rate')
      .meta({ description: 'How starts are spread over time.' }),
    rate: value(parseRate, {
      description: 'Starts of the flow per time.',
      pattern: RATE_PATTERN.source,
      examples: ['5000/s'],
    }),
    starts: wholeNumber('a number of starts', 1, MAX_STARTS, {
      description: 'At most so many starts in the whole run.',
      examples: [10_000],
    }).optional(),
    duration: positiveDuration('Length of the measured window.', '10s').optional(),
    warmup: duration('Load before the measured window, left out of all gates.', '2s').prefault('0s'),
    cooldown: duration('Load after the measured window, left out of all gates.', '2s').prefault('0s'),
  })
  .meta({ description: 'How much load, and for how long.' });

const parseSample = (text: string): Parsed<number> => {
  const share = parsePercent(text);
  return share.ok && share.value === 0 ? fault(`${quoted(text)} of the contexts are none; leave verify out`) : share;
};

const timers = z
  .strictObject({
    T1: positiveDuration('RFC 3261 T1, the round-trip estimate; Timer F is 64 times it.', '500ms').prefault('500ms'),
    T2: positiveDuration('RFC 3261 T2, the longest interval between retransmissions.', '4s').prefault('4s'),
    T4: positiveDuration('RFC 3261 T4, how long Timer K absorbs late answers.', '5s').prefault('5s'),
  })
  .meta({ description: 'SIP timers.' });

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const parsePorts = (text: string): Parsed<PortRange> => {
  const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (match === null) return fault(`${quoted(text)} is not a port range; write 6000 or 6000-6007`);
  const first = Number(match[1]);
  const last = match[2] === undefined ? first : Number(match[2]);
  if (first < 1 || last > 65535) return fault(`${quoted(text)}: ports go from 1 to 65535`);
  return first <= last ? parsed({ first, last }) : fault(`${quoted(text)} ends before it begins`);
};

/** The kernel takes no more messages in one call (UIO_MAXIOV). */
const MAX_BURST = 1_024;

const local = z
  .strictObject({
    addresses: z
      .array(value(parseIpv4, { description: 'An IPv4 address of this machine.' }))
      .optional()
      .meta({
        description: 'Addresses to send from; the sockets of the run take them in turn.',
        examples: [['127.0.0.2']],
      }),
    ports: value(parsePorts, {
      description: 'Ports to send from, the same on each address: its sockets take one after the other.',
      type: ['string', 'integer'],
      examples: ['6000-6007'],
    }).optional(),
    socketsPerWorker: wholeNumber('a number of sockets', 1, MAX_SOCKETS_PER_WORKER, {
      description: 'How many sockets each worker opens; a context always speaks from the same one.',
      examples: [4],
    }).prefault('1'),
    sockets: z
      .enum(['auto', 'udp-batch', 'udp-dgram'])
      .prefault('auto')
      .meta({ description: 'Which sockets: batched (Linux) or those of Node.' }),
    maxBurst: wholeNumber('a number of datagrams', 1, MAX_BURST, {
      description: 'Most datagrams handed to the kernel in one call; default 16. udp-dgram always hands over one.',
      examples: [8],
    }).optional(),
    advertise: advertise.optional(),
    segmentation: yesNo({
      description:
        'Hand neighbouring requests of one length to the kernel as one, which cuts them apart (UDP_SEGMENT): cheaper, in ' +
        'bursts of up to 64, or maxBurst. Done without where kernel or path refuses.',
      examples: [true],
    }).prefault('false'),
  })
  .meta({ description: 'Where requests come from, and how.' });

const nextHop = value(parseTarget, {
  description: 'Next hop: "embedded" for the built-in registrar, or sip:host:port; default: the registrar.',
  examples: ['embedded', 'sip:127.0.0.1:5060;transport=udp'],
});

/** A text, or the same with options. */
const target = z
  .union([
    nextHop,
    z
      .strictObject({
        uri: nextHop.optional(),
        dns: value(parseDnsServer, {
          description: 'The name server to ask for it, address:port; default: those of the system.',
          examples: ['127.0.0.1:5353'],
        }).optional(),
        embedded: embeddedSchema.optional(),
      })
      .meta({ description: 'The next hop, and who is asked where it is; or how the embedded registrar behaves.' }),
  ])
  .meta({
    description: 'Next hop: "embedded" for the built-in registrar, or sip:host:port; default: the registrar.',
    examples: ['embedded', 'sip:127.0.0.1:5060;transport=udp'],
  });

/** Kept as text here; threshold.ts takes it apart. A one-pair map is the same text to a reader, so it is accepted. */
export const thresholdText = value((text) => parsed(text), {
  description: 'For example "register.latency: p99 < 50ms" or "all.failures: ratio < 0.1%".',
  type: ['string', 'object'],
});

export const scenarioSchema = z
  .strictObject({
    version: value(parseVersion, {
      description: 'Version of this file format.',
      const: 1,
      type: 'integer',
      examples: [1],
    }),
    name: value(parseName, {
      description: 'Name of the scenario in results; default: the name of the file.',
    }).optional(),
    target: target.optional(),
    registrar: value(parseRequestUri, {
      description: 'Request-URI, without a user part (RFC 3261 §10.2); default: sip: and the domain.',
      examples: ['sip:test.example'],
    }).optional(),
    route: route.prefault('false'),
    userAgent: userAgent.optional(),
    identities,
    contact: contact.optional(),
    auth: auth.prefault({}),
    redirects: redirects.optional(),
    load,
    flow: z.array(step).meta({ description: 'What each context does at each start.', minItems: 1 }),
    profile: oneOf(
      ['rfc3261', 'exosip2'],
      'rfc3261',
      'Whose habits the phones have: those of the RFCs, or those of a fleet of libeXosip2 devices (docs/profiles.md).',
    ),
    retryBudget: percent(
      'Retries of the whole run, as a share of its other attempts: failures must not make a storm of their own.',
      '10%',
    ).prefault('10%'),
    drain: duration('How long flows under way may go on after the last start.', '35s').prefault('35s'),
    verify: z
      .strictObject({
        sample: value(parseSample, {
          description: 'Share of the contexts whose bindings are asked for.',
          pattern: PERCENT_PATTERN.source,
          examples: ['1%'],
        }),
      })
      .optional()
      .meta({
        description:
          'After the drain, ask for the bindings of some of the contexts that believe to be registered (verify.missing), ' +
          'outside all numbers.',
      }),
    cleanup: oneOf(['none', 'unregister', 'wildcard'], 'none', 'Remove bindings after the drain, outside all numbers.'),
    precheck: oneOf(['register', 'none'], 'register', 'Ask the target once before any load.'),
    timers: timers.prefault({}),
    local: local.prefault({}),
    incoming: incoming.prefault({}),
    keepalive: keepalive.optional(),
    nat,
    thresholds: z.array(thresholdText).optional().meta({ description: 'Gates: what must hold for the run to pass.' }),
    seed: wholeNumber('a seed', 0, 2 ** 32 - 1, {
      description: 'Fixes every random choice; default: random, printed.',
    }).optional(),
  })
  .meta({ title: 'regstorm scenario', description: 'A load test of a SIP registrar.' });

/** A scenario whose values are parsed and whose defaults are filled in, still in the shape of the file. */
export type WrittenScenario = z.output<typeof scenarioSchema>;
