// Counts what looking for our contact in a long list allocates: the parser, the cursor and the comparison of URIs, turn after
// turn over one answer in which ours is the last. `attempts` are the contacts looked at.

import {
  CONTACT_FOUND,
  createContactCursor,
  createSipMessage,
  createUriPair,
  firstContact,
  nextContact,
  parseMessage,
  sameUri,
} from '../../dist/sip/index.js';
import { createCounter } from './measured-plan.mjs';

const CONTACTS = 1_500;
const TURNS_A_ROUND = 30;
const WARM_UP_TURNS = 100;
const ROUNDS = 8;
const OWN = 'sip:own@192.0.2.1:5060';

const contacts = Array.from({ length: CONTACTS }, (_, number) =>
  number === CONTACTS - 1 ? `Contact: <${OWN}>;expires=7` : `Contact: <sip:u${number}@192.0.2.9>;expires=60`,
);
const lines = [
  'SIP/2.0 200 OK',
  'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
  'From: <sip:own@test.example>;tag=1',
  'To: <sip:own@test.example>;tag=2',
  'Call-ID: 1',
  'CSeq: 1 REGISTER',
  ...contacts,
  'Content-Length: 0',
];
const bytes = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
const own = new TextEncoder().encode(OWN);
const message = createSipMessage();
const cursor = createContactCursor();
const pair = createUriPair();
let looked = 0;

const findOwn = () => {
  parseMessage(bytes, 0, bytes.length, message);
  let found = firstContact(message, bytes, cursor);
  for (; found === CONTACT_FOUND; found = nextContact(message, bytes, cursor)) {
    looked++;
    if (sameUri(pair, own, 0, own.length, bytes, cursor.uriStart, cursor.uriEnd)) return true;
  }
  return false;
};

const findTurns = (turns) => {
  for (let turn = 0; turn < turns; turn++) if (!findOwn()) throw new Error('our contact is the last of the list');
};

const counter = createCounter(() => looked);
findTurns(WARM_UP_TURNS);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  counter.begin();
  findTurns(TURNS_A_ROUND);
  rounds.push(counter.end());
}
console.log(JSON.stringify({ rounds }));
