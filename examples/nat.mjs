// A phone behind a NAT: it learns where the registrar sees it, registers that address, and keeps the NAT's mapping open.
//
//   node examples/nat.mjs [sip:HOST:PORT]

import { RegistrationClient } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

// `direct`: the Contact is where the registrar sees us, from the request on that answers its challenge (RFC 3581 §4).
const client = new RegistrationClient({ nat: 'direct', keepalive: { kind: 'options', everySeconds: 1 } });
client.addCredentials({ username: 'alice', password: 'secret' });

const place = ({ address, port }) => `${address}:${port}`;
let seen = '';
client.on('mapping', (mapping) => {
  seen = place(mapping.seen);
  console.log(`behind a NAT: ${seen !== place(mapping.local)}`);
  // When the NAT has forgotten us, the registrar has an address that leads nowhere until it is told.
  if (mapping.before !== null) for (const registration of client.registrations) registration.refresh().catch(() => {});
});

const registration = await client.register({ from: 'sip:alice@test.example', outboundProxy, expires: 600 });
const { response } = await registration.query();
for (const { uri } of response.bindings) console.log(`registered where we are seen: ${uri === `sip:alice@${seen}`}`);

// Each keepalive is told: answered after so long, or lost, and how many of them in a row.
const { roundTripUs, lost } = await new Promise((resolve) => client.once('keepalive', resolve));
console.log(`keepalive answered: ${roundTripUs !== null}, lost in a row: ${lost}`);

await registration.unregister();
console.log(`${registration.state}; ${client.statistics().nat.repairs} Contact repaired`);

await client.close();
