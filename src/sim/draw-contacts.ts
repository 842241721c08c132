// What the phones of a drawn scenario say of their Contacts: nothing beyond the managed one, parameters of it, or several.

import type { Random } from '../std/index.ts';

export interface DrawnContacts {
  /** Of the whole scenario: the key `contact`, or nothing. */
  readonly managed: object;
  /** Of a step that binds or unbinds: the key `contacts`, or nothing. */
  readonly ofStep: () => object;
}

const OTHERS = ['sip:{user}@192.0.2.7:5080', 'sip:{user}@192.0.2.8;transport=udp', 'sip:second-{user}@192.0.2.9:6060'];
const QS = ['0', '0.1', '0.375', '1', '1.000'];

export function drawContacts(random: Random): DrawnContacts {
  const kind = random.next();
  const none = (): object => ({});
  if (kind < 0.5) return { managed: {}, ofStep: none };
  const line = random.chance(0.3) ? { line: true } : {};
  if (kind < 0.7) return { managed: { contact: { ...drawParameters(random), ...line } }, ofStep: none };
  const others = OTHERS.slice(0, random.between(1, OTHERS.length));
  const contacts = ['{contact}', ...others].map((uri) => ({ uri, ...drawParameters(random) }));
  const order = random.chance(0.5) ? contacts : contacts.toReversed();
  // Mostly all of them in every step; else some steps leave the others alone, as RFC 3261 §10.2.4 has it.
  const share = random.pick([1, 1, 0.7]);
  const managed = random.chance(0.3) ? { contact: { line: true } } : {};
  return { managed, ofStep: () => (random.chance(share) ? { contacts: order } : {}) };
}

function drawParameters(random: Random): object {
  return {
    ...(random.chance(0.5) ? { q: random.pick(QS) } : {}),
    ...(random.chance(0.5) ? { instance: true, ...(random.chance(0.5) ? { regId: random.between(1, 3) } : {}) } : {}),
    ...(random.chance(0.3) ? { params: { methods: '"OPTIONS, NOTIFY"', audio: '' } } : {}),
  };
}
