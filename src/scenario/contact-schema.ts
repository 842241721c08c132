// Keys of a scenario that say what a request carries beyond its identity: Contacts, body, names and route, and what a 200
// has to list. Pieces of the schema; schema.ts puts them in their places.

import { z } from 'zod';
import {
  parseBodyText,
  parseContactUri,
  parseDisplayName,
  parseGranted,
  parseMediaType,
  parseParameterName,
  parseParameterValue,
  parseQ,
  parseRoute,
  parseToUri,
  parseUserAgent,
} from './contact-text.ts';
import { fault, parsed } from './parsed.ts';
import { expires, value, wholeNumber, yesNo } from './schema-values.ts';

export const MAX_CONTACTS = 16;
/** RFC 5626 §4.2: 1 to 2^31 - 1. */
const MAX_REG_ID = 2 ** 31 - 1;
/** Far more than fits into one datagram, which is where a registrar over UDP ends. */
const MAX_BINDINGS = 10_000;

export const qOf = value(parseQ, {
  description: 'Preference of the Contact, 0 to 1 (RFC 3261 §10.2.1.2).',
  pattern: '^(0(\\.[0-9]{0,3})?|1(\\.0{0,3})?)$',
  type: ['string', 'number'],
  examples: ['0.5'],
});

const instance = yesNo({
  description: '+sip.instance with a UUID that follows from the number of the context and the seed (RFC 5626 §4.1).',
});

const regId = wholeNumber('a reg-id', 1, MAX_REG_ID, {
  description: 'reg-id of the flow (RFC 5626 §4.2); needs instance, and brings Supported: path, outbound.',
  examples: [1],
});

const parameters = z
  .record(
    value(parseParameterName, { description: 'Name of a Contact parameter.' }),
    value(parseParameterValue, { description: 'A token, or text in double quotes; "" for a parameter without value.' }),
  )
  .meta({ description: 'Further parameters of the Contact.', examples: [{ methods: '"OPTIONS, NOTIFY"' }] });

/** The managed Contact of every context. */
export const contact = z
  .strictObject({
    q: qOf.optional(),
    line: yesNo({
      description: 'Put ;line=… into the URI, unique for each context, and find the own binding in a 200 by it alone.',
    }).optional(),
    instance: instance.optional(),
    regId: regId.optional(),
    gruu: yesNo({ description: 'Ask for GRUUs with Supported: gruu (RFC 5627 §4.1); needs instance.' }).optional(),
    params: parameters.optional(),
  })
  .meta({ description: 'What the Contact that regstorm makes says beside its URI.' });

/** In place of the managed Contact. */
export const contacts = z
  .array(
    z.strictObject({
      uri: value(parseContactUri, {
        description: 'A URI without angle brackets; {index}, {user}, or {contact} alone for the managed Contact.',
        examples: ['sip:{user}@192.0.2.7:5080'],
      }),
      q: qOf.optional(),
      expires: expires('Its own expires parameter; default: the Expires header counts.').optional(),
      instance: instance.optional(),
      regId: regId.optional(),
      params: parameters.optional(),
    }),
  )
  .meta({ description: `The Contacts of the request, up to ${MAX_CONTACTS}; default: the managed one.`, minItems: 1 });

export const body = z
  .strictObject({
    type: value(parseMediaType, { description: 'Content-Type.', examples: ['application/pidf+xml'] }),
    text: value(parseBodyText, {
      description: 'The body; {index}, {user} and {contact} stand for the context, other braces for themselves.',
    }).optional(),
    file: value((text) => (text === '' ? fault('the file name is empty') : parsed(text)), {
      description: 'File with the body, relative to the scenario file.',
    }).optional(),
  })
  .meta({ description: 'A body, as text or from a file.' });

export const bindingsWanted = wholeNumber('a number of bindings', 0, MAX_BINDINGS, {
  description: 'A 2xx that lists more or fewer bindings fails.',
  examples: [1],
});

export const requireBindings = z
  .strictObject({ bindings: bindingsWanted.optional() })
  .meta({ description: 'What a 2xx has to list for the attempt to succeed.' });

export const requireGranted = z
  .strictObject({
    bindings: bindingsWanted.optional(),
    granted: value(parseGranted, {
      description: 'A 2xx that grants one of our Contacts less than this fails: asked, or a time.',
      examples: ['asked'],
    }).optional(),
  })
  .meta({ description: 'What a 2xx has to list for the attempt to succeed.' });

/** What an attempt step may say of its request, as read. */
export interface WrittenExtras {
  readonly q?: string | undefined;
  readonly contacts?: readonly WrittenContact[] | undefined;
  readonly body?: WrittenBody | undefined;
  readonly require?: z.output<typeof requireGranted> | undefined;
}

export type WrittenContact = z.output<typeof contacts>[number];
export type WrittenManagedContact = z.output<typeof contact>;
export type WrittenBody = z.output<typeof body>;

export const route = value(parseRoute, {
  description:
    'Route header: false none, true the target as <sip:HOST:PORT;lr>, or routes of your own; service-route sends back what ' +
    'the last 2xx gave as Service-Route (RFC 3608).',
  type: ['string', 'boolean'],
  examples: ['<sip:proxy.example;lr>'],
});

export const userAgent = value(parseUserAgent, {
  description:
    'User-Agent of every request; {index} and {user} stand for the context. Default: regstorm and the run id.',
});

export const displayName = value(parseDisplayName, {
  description: 'Display name in From and To; {index} and {user} stand for the context.',
  examples: ['Phone {index}'],
});

export const toUri = value(parseToUri, {
  description:
    'To of every request where it is not the address-of-record: someone else registers for it (RFC 3261 §10.2). Headers ' +
    'behind a "?" become header fields.',
  examples: ['sip:{user}@test.example?X-Tenant=7'],
});
