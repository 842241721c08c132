// The Contacts of a registration, as a caller writes them: its own address, others, one or several, each with what RFC 3261 §10.2.1 and
// RFC 5626 §4.1 say of it.

import type { Parsed, PlanContact, PlanParameter, TextTemplate } from '../scenario/index.ts';
import { parseContactUri, parseParameterName, parseParameterValue, parseQ } from '../scenario/index.ts';
import { checkExpires, wrong } from './addresses.ts';

export interface ContactOptions {
  /** Where the user can be reached, e.g. `sip:alice@192.0.2.7`; default: the client's own address. */
  readonly uri?: string;
  /** Preference among the user's contacts, 0 to 1 (RFC 3261 §20.10). */
  readonly q?: number;
  /** This one's own interval in seconds; default: that of the request. */
  readonly expires?: number;
  /** The phone's UUID, for `+sip.instance` (RFC 5626 §4.1): the same for its life. */
  readonly instance?: string;
  /** With an instance: which of its ways to the registrar this is, from 1 (RFC 5626 §4.2). */
  readonly regId?: number;
  /** Further parameters; an empty value is a parameter without one, others than tokens bring their own quotes. */
  readonly parameters?: Readonly<Record<string, string>>;
}

/** Null: the client's own address, nothing else said. `all`: every binding there is. `none`: asks for the bindings. */
export type Contacts = readonly PlanContact[] | 'all' | 'none' | null;

const UUID = /^(?:urn:uuid:)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const MOST_CONTACTS = 16;
const MOST_REG_ID = 2 ** 31 - 1;

export const readContacts = (contact: string | ContactOptions | readonly ContactOptions[] | null): Contacts => {
  if (contact === null) return null;
  if (contact === '*') return 'all';
  if (contact === '') return 'none';
  if (typeof contact === 'string') return [readContact({ uri: contact })];
  const list: readonly ContactOptions[] = Array.isArray(contact) ? contact : [contact as ContactOptions];
  if (list.length < 1 || list.length > MOST_CONTACTS) throw wrong('contact', `write 1 to ${MOST_CONTACTS} of them`);
  return list.map(readContact);
};

const readContact = (options: ContactOptions): PlanContact => {
  const { uri = '{contact}', q, expires, instance, regId, parameters = {} } = options;
  if (expires !== undefined) checkExpires(expires);
  if (regId !== undefined && instance === undefined)
    throw wrong('contact', 'regId goes with an instance (RFC 5626 §4.2)');
  if (regId !== undefined && !(Number.isInteger(regId) && regId >= 1 && regId <= MOST_REG_ID)) {
    throw wrong('contact', `regId ${regId} is not a whole number from 1 on`);
  }
  return {
    uri: checked(parseContactUri(/^<[^<>]*>$/.test(uri) ? uri.slice(1, -1) : uri)),
    q: q === undefined ? null : checked(parseQ(String(q))),
    expiresSeconds: expires ?? null,
    instance: false,
    regId: regId ?? null,
    parameters: [...instanceOf(instance), ...Object.entries(parameters).map(readParameter)],
  };
};

/** A load makes up an instance for each context; a phone has its own. */
const instanceOf = (instance: string | undefined): readonly PlanParameter[] => {
  if (instance === undefined) return [];
  const uuid = UUID.exec(instance)?.[1];
  if (uuid === undefined) throw wrong('contact', `"${instance}" is not a UUID`);
  return [{ name: '+sip.instance', value: literal(`"<urn:uuid:${uuid}>"`) }];
};

const readParameter = ([name, value]: readonly [string, string]): PlanParameter => ({
  name: checked(parseParameterName(name)),
  value: value === '' ? [] : checked(parseParameterValue(value)),
});

const literal = (text: string): TextTemplate => [{ kind: 'text', text }];

const checked = <T>(result: Parsed<T>): T => {
  if (!result.ok) throw wrong('contact', result.message);
  return result.value;
};
