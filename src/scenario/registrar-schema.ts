// The keys of a registrar file, and of `target: { embedded: … }` in a scenario, which takes the same ones but for where it
// listens. As in schema.ts this is the one source: types, defaults, value checks and the JSON Schema come from here.

import { z } from 'zod';
import { parseDomain, parseIpv4 } from './address.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { parseRate, parseWholeNumber, RATE_PATTERN } from './quantities.ts';
import type { PlanUserMatch } from './registrar-plan.ts';
import { parseAnswerHeaderName, parsePlainText, parseUserText } from './registrar-texts.ts';
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
import { parsePassword } from './template.ts';

const MAX_COPIES = 10;
const MAX_QUEUE = 100_000;
const MAX_RULES = 64;
const MAX_PATTERN_LENGTH = 100;

/** `100-199` and `7` are numbers at the end of the user part; anything else is a pattern for all of it. */
const parseUserMatch = (text: string): Parsed<PlanUserMatch> => {
  const range = /^(\d{1,12})(?:-(\d{1,12}))?$/.exec(text);
  if (range !== null) {
    const first = Number(range[1]);
    const last = range[2] === undefined ? first : Number(range[2]);
    return first <= last ? parsed({ kind: 'range', first, last }) : fault(`${quoted(text)} ends before it begins`);
  }
  if (text === '' || text.length > MAX_PATTERN_LENGTH || !/^[!-~]+$/.test(text)) {
    return fault(`${quoted(text)} is neither a range of users, as in 0-99, nor a pattern, as in "u000*"`);
  }
  return parsed({ kind: 'pattern', pattern: text });
};

const when = z
  .strictObject({
    users: value(parseUserMatch, {
      description: 'Users by the number at the end of their name (0-99), or by a pattern with * and ? ("u000*").',
      type: ['string', 'integer'],
      examples: ['0-99'],
    }).optional(),
    userShare: percent('A share of all users; the seed says which.', '10%').optional(),
    share: percent('A share of the requests; the seed says which.', '5%').optional(),
    per: oneOf(
      ['transaction', 'datagram'],
      'transaction',
      'Whether a retransmission shares the fate of its transaction, or is drawn anew.',
    ),
    from: duration('From so long after the first datagram.', '10s').prefault('0s'),
    to: positiveDuration('Until so long after the first datagram.', '20s').optional(),
    procedure: z
      .enum(['register', 'refresh', 'unregister', 'wildcard', 'query', 'options'])
      .optional()
      .meta({ description: 'What the request wants, as the registrar sees it.' }),
    credentials: yesNo({
      description: 'Only requests with Authorization or Proxy-Authorization, or only those without.',
    }).optional(),
    times: wholeNumber('a number of requests', 1, 1_000_000_000, {
      description: 'The first so many requests that all else applies to.',
      examples: [3],
    }).optional(),
  })
  .meta({ description: 'Which requests; all that is said has to hold.' });

const delay = z
  .union([
    positiveDuration('A fixed time.', '200ms'),
    z.strictObject({
      uniform: z
        .tuple([duration('At least.', '10ms'), duration('At most.', '500ms')])
        .meta({ description: 'Evenly between two times.', examples: [['10ms', '500ms']] }),
    }),
    z.strictObject({
      normal: z
        .tuple([duration('The mean.', '200ms'), duration('The standard deviation.', '50ms')])
        .meta({ description: 'Normally distributed, by mean and deviation; never below nothing.' }),
    }),
    z.strictObject({ exponential: positiveDuration('Exponentially distributed, with this mean.', '100ms') }),
  ])
  .meta({ description: 'The answer is held back; retransmissions meanwhile are absorbed.', examples: ['200ms'] });

const parseStatus = (text: string): Parsed<number> =>
  parseWholeNumber(text, { what: 'the status of a final answer', least: 200, most: 699 });

const answer = z
  .strictObject({
    status: value(parseStatus, {
      description: 'Status code.',
      type: 'integer',
      minimum: 200,
      maximum: 699,
      examples: [503],
    }),
    phrase: value(parsePlainText, { description: 'Reason phrase; default: the usual one.' }).optional(),
    headers: z
      .record(
        value(parseAnswerHeaderName, { description: 'A header name that the registrar does not write itself.' }),
        value(parsePlainText, { description: 'Its value, one line.', type: ['string', 'integer'] }),
      )
      .optional()
      .meta({ description: 'Header lines of the answer.', examples: [{ 'Retry-After': '5' }] }),
  })
  .meta({ description: 'Answer with this, and do nothing else.' });

export const BARE_ACTIONS = [
  'drop',
  'dropAnswer',
  'trying',
  'hang',
  'duplicate',
  'wrongBranch',
  'wrongCseq',
  'garbage',
  'ownContactMissing',
  'notStored',
  'grantedZero',
] as const;

const bareAction = z.enum(BARE_ACTIONS);
const delayAction = z.strictObject({ delay });
const duplicateAction = z.strictObject({
  duplicate: wholeNumber('a number of copies', 2, MAX_COPIES, {
    description: 'How often the answer is sent; plain `duplicate` is 2.',
    examples: [3],
  }),
});
const answerAction = z.strictObject({ answer });

const action = z
  .union([bareAction, delayAction, duplicateAction, answerAction])
  .meta({ id: 'action', description: 'Something that the registrar does wrong, or slowly.' });

export type WrittenAction = z.output<typeof action>;

const rule = z
  .strictObject({
    name: value(parsePlainText, { description: 'How the closing report calls it; default: what it does.' }).optional(),
    when: when.prefault({}),
    do: z
      .union([z.array(action), bareAction, delayAction, duplicateAction, answerAction])
      .meta({ description: 'One action, or a list of them.', examples: ['drop'] }),
  })
  .meta({ description: 'Requests that are treated otherwise. The first rule that applies to a request decides.' });

export type WrittenRule = z.output<typeof rule>;

const restart = z
  .strictObject({
    at: duration('When it goes away, counted from the first datagram.', '30s'),
    away: duration('How long nothing is heard from it.', '2s').prefault('0s'),
    bindings: oneOf(['lost', 'kept'], 'lost', 'Whether it comes back with its bindings.'),
  })
  .meta({ description: 'A restart: nonces and transactions are lost, bindings as told.' });

const service = z
  .strictObject({
    rate: value(parseRate, {
      description: 'Requests that it serves per time, retransmissions included.',
      pattern: RATE_PATTERN.source,
      examples: ['1000/s'],
    }),
    queue: wholeNumber('a length of the queue', 1, MAX_QUEUE, {
      description: 'How many requests may wait for service.',
      examples: [500],
    }).prefault('1000'),
    full: oneOf(['drop', '503'], 'drop', 'What a request meets that finds the queue full.'),
    retryAfter: expires('Retry-After of that 503.').prefault('5s'),
  })
  .meta({ description: 'A limited service rate: beyond it requests wait, and beyond the queue they are lost.' });

const parseNonceLifetime = (text: string): Parsed<number> => {
  const seconds = parseExpires(text);
  return seconds.ok && seconds.value === 0 ? fault(`${quoted(text)}: a nonce lives for a second at least`) : seconds;
};

const parseRealm = (text: string): Parsed<string> => {
  if (text.length > 255) return fault(`${quoted(text)} is too long for a realm`);
  const plain = parsePlainText(text);
  if (!plain.ok) return plain;
  return /["\\]/.test(text) ? fault(`${quoted(text)} cannot stand between quotes as it is`) : plain;
};

const auth = z
  .strictObject({
    password: value(parsePassword, { description: 'Password of every user.', examples: ['secret'] }).optional(),
    passwordFile: value((text) => (text === '' ? fault('the file name is empty') : parsed(text)), {
      description: 'File whose first line is the password, relative to this file.',
    }).optional(),
    realm: value(parseRealm, { description: 'Realm of the challenge; default: the domain.' }).optional(),
    algorithms: z
      .array(z.enum(['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess']))
      .optional()
      .meta({
        description: 'A challenge for each, in this order (RFC 8760 §2.3); default: MD5.',
        examples: [['SHA-256', 'MD5']],
      }),
    qop: oneOf(
      ['auth', 'auth-int', 'both', 'none'],
      'auth',
      'Quality of protection that is offered; none is RFC 2069.',
    ),
    challenge: oneOf(
      ['registrar', 'proxy', 'both'],
      'registrar',
      'Who asks: the registrar with 401, a proxy with 407, or first the one and then the other.',
    ),
    proxyRealm: value(parseRealm, {
      description: 'Realm of the 407 where both ask; default: proxy. and the domain.',
    }).optional(),
    nonceLifetime: value(parseNonceLifetime, {
      description: 'After this a nonce is stale.',
      examples: ['300s'],
    }).prefault('300s'),
    nonceUses: wholeNumber('a number of uses', 1, 1_000_000_000, {
      description: 'A nonce is stale after so many uses; 1 challenges every request.',
      examples: [1],
    }).optional(),
    stale: yesNo({ description: 'Whether a challenge for an old nonce says stale=true.' }).prefault('true'),
    nextNonce: yesNo({
      description: 'Give the next nonce in Authentication-Info of each 200 (RFC 7616 §3.5).',
    }).prefault('false'),
    rspauth: oneOf(
      ['none', 'right', 'wrong'],
      'none',
      'Prove in Authentication-Info of each 200 that it knows the password (RFC 7616 §3.5); wrong: as one that does not.',
    ),
    userhash: yesNo({ description: 'Take the hash of a user name for it (RFC 7616 §3.4.4).' }).prefault('false'),
  })
  .meta({ description: 'Digest authentication.' });

/** What both files have. */
const settings = {
  domain: value(parseDomain, { description: 'The one domain it serves.', examples: ['test.example'] }).optional(),
  users: wholeNumber('a number of users', 1, 10_000_000, {
    description: 'Room for so many addresses-of-record; beyond them 503.',
    examples: [10_000],
  }).optional(),
  seed: wholeNumber('a seed', 0, 2 ** 32 - 1, {
    description: 'Fixes every random choice; default: random, or that of the run.',
  }).optional(),
  expires: z
    .strictObject({
      min: expires('Shorter intervals are refused with 423 (RFC 3261 §10.3: below an hour only).').prefault('1s'),
      max: expires('Longer intervals are shortened to this.').prefault('7d'),
      default: expires('Granted where none is asked for; default: an hour, or min if that is more.').optional(),
    })
    .meta({ description: 'Intervals that are granted.' })
    .prefault({}),
  contacts: z
    .strictObject({
      most: wholeNumber('a number of contacts', 1, 64, {
        description: 'Contacts of one address-of-record.',
        examples: [1],
      }).prefault('10'),
      beyond: oneOf(['refuse', 'replace'], 'refuse', 'Whether a further one gets 403, or replaces the oldest.'),
    })
    .meta({ description: 'How many contacts an address-of-record may have.' })
    .prefault({}),
  auth: auth.optional(),
  service: service.optional(),
  path: oneOf(
    ['off', 'accept', 'strict'],
    'off',
    'RFC 3327: store and echo Path; strict refuses it with 420 where the phone does not support it.',
  ),
  outbound: yesNo({ description: 'RFC 5626: bindings by instance and reg-id.' }).prefault('false'),
  gruu: yesNo({ description: 'RFC 5627: pub-gruu and temp-gruu in answers.' }).prefault('false'),
  serviceRoute: z
    .array(value(parsePlainText, { description: 'A name-addr.', examples: ['<sip:orig@10.0.0.1;lr>'] }))
    .optional()
    .meta({ description: 'Service-Route lines of each 200 (RFC 3608).', examples: [['<sip:orig@10.0.0.1;lr>']] }),
  bodies: oneOf(
    ['accept', 'refuse'],
    'accept',
    'What becomes of a request with a body: it is passed over, or refused with 415 (RFC 3261 §8.2.3).',
  ),
  associatedUris: z
    .array(value(parseUserText, { description: 'A name-addr; {user} stands for the user.' }))
    .optional()
    .meta({
      description: 'P-Associated-URI lines of each 200 (RFC 7315 §4.1).',
      examples: [['<sip:{user}@test.example>']],
    }),
  rules: z
    .array(rule)
    .optional()
    .meta({ description: `Misbehaviour, at most ${MAX_RULES} rules.`, maxItems: MAX_RULES }),
  restarts: z.array(restart).optional().meta({ description: 'When it restarts, in order.' }),
};

export const embeddedSchema = z
  .strictObject(settings)
  .meta({ description: 'How the embedded registrar behaves; the identities say whom it knows.' });

export interface ListenAddress {
  readonly address: string;
  readonly port: number;
}

export const parseListen = (text: string): Parsed<ListenAddress> => {
  const match = /^([\d.]+):(\d{1,5})$/.exec(text);
  const address = match === null ? null : parseIpv4(match[1]!);
  const port = Number(match?.[2]);
  if (address === null || !address.ok || port > 65_535) {
    return fault(`${quoted(text)} is not an address and a port; write IPv4:port, for example 127.0.0.1:5060`);
  }
  return parsed({ address: address.value, port });
};

const parseVersion = (text: string): Parsed<1> =>
  text === '1' ? parsed(1) : fault(`${quoted(text)} is not a known version; this program reads version 1`);

export const registrarSchema = z
  .strictObject({
    version: value(parseVersion, {
      description: 'Version of this file format.',
      const: 1,
      type: 'integer',
      examples: [1],
    }),
    listen: value(parseListen, { description: 'Where it listens; default 127.0.0.1:5060.' }).optional(),
    ...settings,
  })
  .meta({ title: 'regstorm registrar', description: 'A SIP registrar to test against, and what it does wrong.' });

export type WrittenEmbedded = z.output<typeof embeddedSchema>;
export type WrittenRegistrar = z.output<typeof registrarSchema>;

export { MAX_RULES };
