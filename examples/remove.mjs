// Forgetting a registration without a word to the registrar: the binding stays there until it expires, or until somebody removes all.
//
//   node examples/remove.mjs [sip:HOST:PORT]

import { RegistrationClient, RegistrationError } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

const client = new RegistrationClient();
client.addCredentials({ username: 'alice', password: 'secret' });

const registration = await client.register({ from: 'sip:alice@test.example', outboundProxy, expires: 120 });
const before = client.statistics().requestsSent;
registration.remove();
console.log(`removed: ${registration.state}, ${client.statistics().requestsSent - before} requests sent for it`);

// The handle is of no use any more.
const error = await registration.refresh().catch((reason) => reason);
if (error instanceof RegistrationError) console.log(`refresh: ${error.code}`);

await client.close();
