// What the checkers read of a 200's Contacts.

import { describe, expect, it } from 'vitest';
import { readGrant } from '../../../src/sim/checkers/grant.ts';
import { slowParse } from '../../../src/sim/slow-parser.ts';

const OWN = 'sip:u1@10.0.0.1:5060;line=0a1b2c';

const granted = (...contacts: readonly string[]) => {
  const rows = contacts.map((contact) => `Contact: <${contact}>;expires=60\r\n`).join('');
  const text = `SIP/2.0 200 OK\r\nVia: SIP/2.0/UDP 10.0.0.1:5060;branch=z9hG4bKa\r\nFrom: <sip:u1@a>;tag=f\r\nTo: <sip:u1@a>;tag=t\r\nCall-ID: c\r\nCSeq: 1 REGISTER\r\n${rows}Content-Length: 0\r\n\r\n`;
  return readGrant(slowParse(text)!, { uri: OWN, instance: '', regId: 0 }, 60);
};

describe('RFC 3261 §10.2.1.1, §19.1.4: the Contact of a phone in the list of a 200', () => {
  it('is known for sure as it was sent', () => {
    expect(granted('sip:u2@10.0.0.2:5060', OWN)).toEqual({ seconds: 60, isUnclear: false });
  });

  it.each([
    ['in capitals', OWN.toUpperCase().replace('LINE=0A1B2C', 'line=0a1b2c')],
    ['by its line alone, with another scheme', OWN.replace('sip:', 'sgp:')],
    ['by its line alone, with another host', OWN.replace('@10.', '@19.')],
    ['by its host, with another line', OWN.replace('0a1b2c', '0a1b2d')],
  ])('may count in another spelling: %s', (_title, contact) => {
    expect(granted(contact)).toEqual({ seconds: 60, isUnclear: true });
  });

  it('is not there where neither its line nor its host is', () => {
    expect(granted('sip:u1@10.0.0.9:5060;line=0a1b2d', 'sip:u2@10.0.0.2:5060')).toEqual({
      seconds: -1,
      isUnclear: false,
    });
  });
});
