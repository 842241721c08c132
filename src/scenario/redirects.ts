// The scenario's key `redirects`: how many 3xx answers an attempt follows (RFC 3261 §8.1.3.4), and to where. A load tester must not
// be made to flood a stranger by an answer, so it is followed only to places that the scenario allows; without a list those are the
// addresses that the run sends to anyway, on any port.

import { z } from 'zod';
import { parseHost, parseIpv4 } from './address.ts';
import { fault, type Parsed, parsed, quoted, type Tell } from './parsed.ts';
import type { PlanRedirects, RedirectRule } from './plan-redirects.ts';
import { value, wholeNumber } from './schema-values.ts';

/** A context keeps the places that an attempt has been to. */
const MOST_FOLLOWED = 10;
const MOST_RULES = 64;
const MAX_PORT = 65_535;
const ADDRESS_BITS = 32;

const parseRule = (text: string): Parsed<RedirectRule> => {
  const [, hostText = '', bitsText, portText] = /^([^:/]*)(?:\/(\d{1,2}))?(?::(\d{1,5}))?$/.exec(text) ?? [];
  const port = portText === undefined ? null : Number(portText);
  if (port !== null && (port < 1 || port > MAX_PORT)) return fault(`${quoted(text)}: ports go from 1 to ${MAX_PORT}`);
  const host = parseHost(hostText);
  if (!host.ok)
    return fault(`${quoted(text)} is no place; write an address, 10.0.0.0/8, a host name, or one of them with :PORT`);
  const isAddress = parseIpv4(host.value).ok;
  if (isAddress) return rangeOf(text, host.value, bitsText, port);
  if (bitsText !== undefined) return fault(`${quoted(text)}: only an address can be followed by /BITS`);
  return parsed({ kind: 'name', host: host.value.toLowerCase().replace(/\.$/, ''), port });
};

const rangeOf = (
  text: string,
  host: string,
  bitsText: string | undefined,
  port: number | null,
): Parsed<RedirectRule> => {
  const bits = bitsText === undefined ? ADDRESS_BITS : Number(bitsText);
  if (bits > ADDRESS_BITS) return fault(`${quoted(text)}: an IPv4 address has ${ADDRESS_BITS} bits`);
  const address = host.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (ADDRESS_BITS - bits);
  return parsed({ kind: 'range', address: Math.floor(address / size) * size, bits, port });
};

export const redirects = z
  .strictObject({
    follow: wholeNumber('a number of redirects', 0, MOST_FOLLOWED, {
      description: 'How many 3xx answers an attempt follows; 0: none, the attempt ends with the status.',
      examples: [3],
    }).prefault('0'),
    to: z
      .array(
        value(parseRule, {
          description: 'An address, a range of them, or a host name; with a port, that port alone.',
          examples: ['127.0.0.0/8', 'reg2.test.example', '10.0.0.5:5070'],
        }),
      )
      .optional()
      .meta({
        description: 'Where redirects may lead; default: the addresses of the target and its host, whatever the port.',
        minItems: 1,
        maxItems: MOST_RULES,
      }),
  })
  .meta({
    description: 'Follow redirects (RFC 3261 §8.1.3.4), to places that are allowed.',
    examples: [{ follow: 3, to: ['127.0.0.0/8'] }],
  });

export type WrittenRedirects = z.output<typeof redirects>;

export const checkRedirects = (written: WrittenRedirects | undefined, tell: Tell): void => {
  const { follow, to } = written ?? {};
  if (to === undefined) return;
  if (to.length === 0)
    tell('redirects.to', 'the list is empty, so no redirect could be followed; leave it or follow out');
  if (to.length > MOST_RULES)
    tell('redirects.to', `at most ${MOST_RULES} places can be listed; a range is one of them`);
  if (follow === 0) tell('redirects.to', 'it says where redirects may lead, but none is followed; add follow: 3');
};

/** Nothing where none is followed, so that the plan is as it always was. */
export const buildRedirects = (written: WrittenRedirects | undefined): { readonly redirects?: PlanRedirects } =>
  written === undefined || written.follow === 0
    ? {}
    : { redirects: { follow: written.follow, to: written.to ?? null } };
