// A domain with two registrars, the first of which is down: the client finds both by NAPTR, SRV and A records (RFC 3263), and the same
// attempt goes on at the second. It stays there until the records' time to live is over.
//
//   node examples/failover.mjs [sip:DOMAIN] [NAME-SERVER:PORT]

import { RegistrationClient } from 'regstorm';

const domain = process.argv[2] ?? 'sip:test.example';
const dns = process.argv[3];

// Without a name server of its own a client asks the system's. T1 is shorter than usual, so that silence is noticed after 3.2 s.
const client = new RegistrationClient({ ...(dns === undefined ? {} : { dns }), timers: { t1Ms: 50, t2Ms: 400 } });
client.addCredentials({ username: 'alice', password: 'secret' });

const seen = [];
client.on('transaction', ({ remote, status, ended, cseq }) => {
  const place = `${remote.address}:${remote.port}`;
  if (!seen.includes(place)) seen.push(place);
  console.log(`CSeq ${cseq} to registrar ${seen.indexOf(place) + 1}: ${status ?? ended}`);
});

const registration = await client.register({ from: 'sip:alice@test.example', registrar: domain, expires: 600 });
await registration.refresh();
await registration.unregister();
console.log(`${client.statistics().failovers} failover`);

await client.close();
