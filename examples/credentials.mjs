// Whose credentials answer a challenge: those of the user for its realm, else those of the user without a realm, and never another
// user's. A registrar that asks for none is told none.
//
//   node examples/credentials.mjs [sip:HOST:PORT]

import { createHash } from 'node:crypto';
import { RegistrationClient, RegistrationFailure } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';
const md5 = (text) => createHash('md5').update(text).digest('hex');

const client = new RegistrationClient();
// For one realm, and for any other.
client.addCredentials({ username: 'alice', password: 'secret', realm: 'test.example' });
client.addCredentials({ username: 'alice', password: 'of another server' });
// The user in the address and the one in the Authorization header may differ. H(A1) will do where the password is not to be kept.
client.addCredentials({ username: 'bob', userid: 'bob', ha1: md5('bob:test.example:secret'), realm: 'test.example' });
// A wrong one.
client.addCredentials({ username: 'carol', password: 'wrong' });

const tryToRegister = async (user) => {
  const request = client.buildInitialRegister({ from: `sip:${user}@test.example`, outboundProxy });
  try {
    const { status } = await request.send();
    console.log(`${user}: registered (${status})`);
    await request.registration.unregister();
  } catch (error) {
    if (!(error instanceof RegistrationFailure)) throw error;
    console.log(`${user}: ${error.cause} after ${error.attempt.transactions.length} requests`);
  }
};

await tryToRegister('alice');
await tryToRegister('bob');
await tryToRegister('carol');
// Dave has none, and gets nobody else's.
await tryToRegister('dave');

await client.close();
