// Whose credentials answer a challenge: the user's own, and never another user's.
//
//   node examples/credentials.mjs [sip:HOST:PORT]

import { RegistrationClient, RegistrationFailure } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

const client = new RegistrationClient();
client.addCredentials({ username: 'alice', password: 'secret' });
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
await tryToRegister('carol');
// Dave has none, and gets nobody else's.
await tryToRegister('dave');

await client.close();
