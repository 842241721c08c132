// Several registrations in one client: one socket for all, a handle, a Call-ID and credentials for each.
//
//   node examples/several-registrations.mjs [sip:HOST:PORT]

import { RegistrationClient } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';
const users = ['alice', 'bob', 'carol'];

const client = new RegistrationClient();
for (const username of users) client.addCredentials({ username, password: 'secret' });

const registrations = await Promise.all(
  users.map((user) => client.register({ from: `sip:${user}@test.example`, outboundProxy, expires: 600 })),
);
for (const { rid, addressOfRecord, state } of registrations) console.log(`rid ${rid}: ${addressOfRecord} ${state}`);

// Each handle is its own: one is ended, the others stay.
await registrations[1].unregister();
console.log(registrations.map(({ state }) => state).join(' '));

// All that are left, a bounded number at a time.
const { failed } = await client.unregisterAll();
console.log(`${failed.length} could not be unregistered`);

await client.close();
