// One registration from beginning to end: build it, change its headers, send it, refresh it, end it.
//
//   node examples/register.mjs [sip:HOST:PORT]      the registrar's address; default sip:127.0.0.1:5060

import { RegistrationClient } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

const client = new RegistrationClient();
client.addCredentials({ username: 'alice', password: 'secret' });

// The request is built, and not sent yet: its headers can be changed. They stay for the refreshes.
const request = client.buildInitialRegister({
  from: 'sip:alice@test.example',
  registrar: 'sip:test.example',
  outboundProxy,
  expires: 1800,
});
request.setHeader('Supported', '100rel, path');

const registered = await request.send();
const { registration } = request;
console.log(
  `registered: rid ${registration.rid}, ${registered.grantedSeconds} s, ${registered.transactions.length} requests`,
);

const refreshed = await registration.refresh({ expires: 600 });
console.log(`refreshed: ${refreshed.grantedSeconds} s, answered with ${refreshed.status} ${refreshed.reason}`);

await registration.unregister();
console.log(`unregistered: ${registration.state}`);

await client.close();
