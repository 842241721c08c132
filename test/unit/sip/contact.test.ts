// The iteration over contacts: rows, commas, quotes, angle brackets and parameters.

import { describe, expect, it } from 'vitest';
import {
  CONTACT_END,
  CONTACT_FOUND,
  type ContactCursor,
  createContactCursor,
  firstContact,
  nextContact,
} from '../../../src/sip/index.ts';
import { parseText, response, spanText } from '../../support/sip-text.ts';

interface Contact {
  readonly uri: string | null;
  readonly expires: number;
  readonly q: string | null;
  readonly params: string | null;
  readonly whole: string | null;
}

const read = (bytes: Uint8Array, cursor: ContactCursor): Contact => ({
  uri: cursor.isStar ? '*' : spanText(bytes, cursor.uriStart, cursor.uriEnd),
  expires: cursor.expires,
  q: spanText(bytes, cursor.qStart, cursor.qEnd),
  params: spanText(bytes, cursor.paramsStart, cursor.paramsEnd),
  whole: spanText(bytes, cursor.wholeStart, cursor.wholeEnd),
});

/** All contacts of the given header lines, and how the iteration ended. */
const contactsOf = (...values: readonly string[]): { contacts: Contact[]; end: number } => {
  const extra = values.map((value) => `Contact: ${value}`).join('\n');
  const { bytes, message, result } = parseText(response(values.length === 0 ? {} : { extra }));
  expect(result).toBe('ok');
  const cursor = createContactCursor();
  const contacts: Contact[] = [];
  let found = firstContact(message, bytes, cursor);
  while (found === CONTACT_FOUND) {
    contacts.push(read(bytes, cursor));
    found = nextContact(message, bytes, cursor);
  }
  return { contacts, end: found };
};

const only = (value: string): Contact => {
  const { contacts, end } = contactsOf(value);
  expect([contacts.length, end]).toEqual([1, CONTACT_END]);
  return contacts[0]!;
};

const uris = (...values: readonly string[]): (string | null)[] => {
  const { contacts, end } = contactsOf(...values);
  expect(end).toBe(CONTACT_END);
  return contacts.map((contact) => contact.uri);
};

describe('contacts', () => {
  it('a message without Contact has none', () => {
    expect(contactsOf()).toEqual({ contacts: [], end: CONTACT_END });
  });

  it('20.10 in angle brackets, parameters are the URI’s inside and the contact’s outside', () => {
    expect(only('"A" <sip:a@b:5060;transport=tcp>;expires=60;q=0.7;+sip.instance="<urn:uuid:1>"')).toEqual({
      uri: 'sip:a@b:5060;transport=tcp',
      expires: 60,
      q: '0.7',
      params: ';expires=60;q=0.7;+sip.instance="<urn:uuid:1>"',
      whole: '"A" <sip:a@b:5060;transport=tcp>;expires=60;q=0.7;+sip.instance="<urn:uuid:1>"',
    });
  });

  it('RFC 4475 §3.3.12 without angle brackets all parameters are the contact’s', () => {
    const contact = only('sip:a@b;transport=tcp ; Expires = 60');
    expect([contact.uri, contact.expires, contact.params]).toEqual(['sip:a@b', 60, ';transport=tcp ; Expires = 60']);
  });

  it('RFC 4475 §3.3.14 a header part stays in the URI', () => {
    expect(only('<sip:a@b?Route=%3Csip:c%3E>').uri).toBe('sip:a@b?Route=%3Csip:c%3E');
  });

  it('no parameters make an empty span', () => {
    expect(only('<sip:a@b>  ').params).toBe('');
    expect(only('<sip:a@b>  ').whole).toBe('<sip:a@b>');
  });

  it('rows and commas give one list, in order', () => {
    expect(uris('<sip:1@a>,<sip:2@a>;q=1 , sip:3@a', 'sip:4@a;expires=1,"5" <sip:5@a>', '<tel:6>')).toEqual([
      'sip:1@a',
      'sip:2@a',
      'sip:3@a',
      'sip:4@a',
      'sip:5@a',
      'tel:6',
    ]);
  });

  it('commas, semicolons and brackets in quotes and in brackets separate nothing', () => {
    expect(
      uris('"a, <sip:no@no>;x=\\"" <sip:1@a,b;c>;x="y,z;\\\\" , "\\\\" <sip:2@a>', '<sip:3@a?x=y,z>;q="," ,<sip:4@a>'),
    ).toEqual(['sip:1@a,b;c', 'sip:2@a', 'sip:3@a?x=y,z', 'sip:4@a']);
  });

  it('whole spans end before the comma and its white space', () => {
    const { contacts } = contactsOf('<sip:1@a>;q=1 \n , <sip:2@a>');
    expect(contacts.map((contact) => contact.whole)).toEqual(['<sip:1@a>;q=1', '<sip:2@a>']);
  });

  it('nothing of one contact is left in the next', () => {
    const { contacts } = contactsOf('<sip:1@a>;expires=5;q=0.1, <sip:2@a>');
    expect(contacts[1]).toEqual({ uri: 'sip:2@a', expires: -1, q: null, params: '', whole: '<sip:2@a>' });
  });

  it.each([
    ['0', 0],
    ['4294967296', 4294967295],
    ['soon', 3600],
    ['"60"', 3600],
    ['-5', 3600],
  ])('10.2 expires=%s reads as %d', (value, expires) => {
    expect(only(`<sip:a@b>;expires=${value}`).expires).toBe(expires);
  });

  it('10.2 an expires parameter without a value is malformed and reads as 3600', () => {
    expect(only('<sip:a@b>;expires;q=1').expires).toBe(3600);
  });

  it('10.2.2 the star is told apart, with other contacts beside it too', () => {
    expect(uris('*')).toEqual(['*']);
    expect(uris('  *  ')).toEqual(['*']);
    expect(uris('<sip:a@b>', '*')).toEqual(['sip:a@b', '*']);
  });

  it.each([
    '',
    ',',
    '<sip:a@b>,',
    ',<sip:a@b>',
    '<sip:a@b>,,<sip:c@d>',
    '*;expires=0',
    '*,<sip:a@b>',
    '<sip:a@b>,*',
    'sip:a@b?x=y',
    '<sip:a@b',
    'a@b',
    '<sip:a@b>;',
    '<sip:a@b>;=1',
    '<sip:a@b>;q="',
    '<sip:a@b> <sip:c@d>',
  ])('25.1 %j ends in CONTACT_MALFORMED', (value) => {
    expect(contactsOf(value).end).toBeLessThan(0);
  });
});
