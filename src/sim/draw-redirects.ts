// Redirects of a drawn world (RFC 3261 §8.1.3.4): how many the phones follow and to where, and what stands in front of the registrar
// answers to a share of their requests. In most worlds none is followed.
//
// Every place that they lead to is one more address of the same registrar. That serves one domain, so the Request-URIs that it takes name
// that domain and say by `maddr` where to go; a 305 leaves the Request-URI as it is. Where none of both is so, the redirect is followed too, and
// the registrar refuses the request.
//
// In worlds with redirects there is one target and no NAT, no phone is a device of libeXosip2, no socket is shut and no answer is damaged or
// forged: so it is always known where an attempt has been led.

import type { Random } from '../std/index.ts';
import { DOMAIN } from './draw-identities.ts';
import type { AnswerShare } from './edge.ts';
import type { RedirectFacts } from './redirect-places.ts';

export interface DrawnRedirects {
  /** The scenario's key. */
  readonly keys: object;
  /** Shares of transactions that are redirected. */
  readonly answers: readonly AnswerShare[];
  readonly facts: RedirectFacts;
}

const SHARE = 0.15;
const FOLLOWED = [1, 1, 2, 3, 3, 10];
const LISTED_NAME = 'reg2.sim.example';
const LOST_NAME = 'nowhere.sim.example';
/** 10.0.1.4:5062 is where the listed name is; no socket can be connected to 10.0.1.14. */
const LOCATED = { host: LISTED_NAME, address: 0x0a000104, port: 5062 };
const NO_ROUTE = 0x0a00010e;

/** Undefined: what the documentation says of no list. */
const LISTS: readonly (readonly string[] | undefined)[] = [
  undefined,
  ['10.0.1.0/28', LISTED_NAME, LOST_NAME, DOMAIN],
  ['10.0.1.0/28', `${LISTED_NAME}:5064`],
  ['10.0.1.1', '10.0.1.2:5070', '10.0.1.3', '10.0.1.14'],
];

const STATUSES = [
  ...['302 Moved Temporarily', '302 Moved Temporarily', '301 Moved Permanently', '300 Multiple Choices'],
  ...['305 Use Proxy', '380 Alternative Service'],
];

/** To a place of the world, mostly so that the registrar takes the request there. */
const PLACES = [
  `<sip:${DOMAIN};maddr=10.0.1.2>`,
  `<sip:${DOMAIN};maddr=10.0.1.3>`,
  `<sip:${DOMAIN}:5070;maddr=10.0.1.2>`,
  `<sip:${DOMAIN}:5070;maddr=10.0.1.1>`,
  `"Another, one" <sip:somebody@${DOMAIN.toUpperCase()};transport=udp;maddr=10.0.1.3>;expires=60`,
  `<sip:${DOMAIN};method=INVITE;maddr=10.0.1.3?Subject=x>`,
  `<sip:${DOMAIN};maddr=${LISTED_NAME}>`,
  `<sip:${DOMAIN}:5064;maddr=${LISTED_NAME}>`,
  '<sip:10.0.1.2>',
  'sip:10.0.1.3:5060',
  `<sip:${LISTED_NAME}.>`,
  '<sip:10.0.1.14>',
];
/** To the same target: with the same Request-URI, which is a loop, or with another one. */
const HOME = [
  `<sip:${DOMAIN}>`,
  `<sip:${DOMAIN};x=2>`,
  `<sip:${DOMAIN};user=phone>`,
  `<sip:${DOMAIN}:5060>`,
  '<sip:10.0.1.1>',
  '<sip:10.0.1.1:5060;ttl=1>',
];
const STRANGERS = [
  '<sip:10.9.9.9:5099>',
  '<sip:elsewhere.sim.example>',
  `<sip:${DOMAIN};maddr=10.0.1.99>`,
  '<sip:10.0.1.2:5071>',
];
const UNUSABLE = [
  ...[
    '*',
    '<sips:10.0.1.2>',
    '<tel:+1>',
    '<sip:[2001:db8::1]>',
    '<sip:10.0.1.2;transport=tcp>',
    '<sip:10.0.1.2:99999>',
  ],
  ...['<sip:10.0.1.2', '<>', `<sip:${LOST_NAME}>`, `<sip:${DOMAIN};maddr=>`],
];
const QS = ['', '', ';q=0', ';q=0.5', ';q=0.25', ';q=1', ';q=1.000', ';q=2', ';q=x'];
const CONTACTS_MOST = 4;
const ANSWERS_MOST = 6;
/** More than a worker has room for. */
const PORTS = Array.from({ length: 12 }, (_, index) => 5080 + index);

/** Null: none is followed. */
export function drawRedirects(random: Random): DrawnRedirects | null {
  if (!random.chance(SHARE)) return null;
  const follow = random.pick(FOLLOWED);
  const to = random.pick(LISTS);
  const share = random.pick([0.1, 0.3, 0.6]);
  const kinds = Array.from({ length: random.between(2, ANSWERS_MOST) }, () => drawAnswer(random));
  const many = random.chance(0.15) ? PORTS.map(toPort) : [];
  const all = [...kinds, ...many];
  return {
    keys: { redirects: { follow, ...(to === undefined ? {} : { to }) } },
    answers: all.map((answer) => ({ ...answer, share: share / all.length })),
    facts: { names: [LOCATED], noRoute: NO_ROUTE },
  };
}

interface DrawnAnswer {
  readonly status: string;
  readonly headers: readonly string[];
}

const toPort = (port: number): DrawnAnswer => ({
  status: '302 Moved Temporarily',
  headers: [`Contact: <sip:${DOMAIN}:${port};maddr=10.0.1.1>`],
});

/** Mostly one Contact; or several by q, in one row or in more; or none. */
function drawAnswer(random: Random): DrawnAnswer {
  const status = random.pick(STATUSES);
  const kind = random.next();
  if (kind < 0.07) return { status, headers: [] };
  const isOne = kind < 0.6;
  const count = isOne ? 1 : random.between(2, CONTACTS_MOST);
  const contacts = Array.from({ length: count }, () => drawContact(random));
  if (random.chance(0.5)) return { status, headers: contacts.map((contact) => `Contact: ${contact}`) };
  return { status, headers: [`Contact: ${contacts.join(', ')}`] };
}

function drawContact(random: Random): string {
  const kind = random.next();
  if (kind < 0.55) return `${random.pick(PLACES)}${random.pick(QS)}`;
  if (kind < 0.75) return `${random.pick(HOME)}${random.pick(QS)}`;
  return random.pick(kind < 0.88 ? STRANGERS : UNUSABLE);
}
