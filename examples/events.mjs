// Everything that a client tells: what happened to each registration, each attempt in detail, and each request of it. A 401 that is
// answered is no failure: it is the first of two transactions.
//
//   node examples/events.mjs [sip:HOST:PORT]

import { RegistrationClient, RegistrationError, RegistrationFailure } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

const client = new RegistrationClient();
client.addCredentials({ username: 'alice', password: 'secret' });

for (const name of ['registered', 'refreshed', 'unregistered']) {
  client.on(name, ({ registration }) => console.log(`${name}: rid ${registration.rid}`));
}
client.on('failed', ({ cause, attempt }) => console.log(`failed: ${cause} (${attempt.status} ${attempt.reason})`));
client.on('transaction', (report) => {
  const { rid, attempt, transaction, cseq, status, retransmissions, remote } = report;
  const took = report.latencyUs > 0 ? 'in some µs' : 'at once';
  console.log(
    `  rid ${rid}, attempt ${attempt}, request ${transaction}: CSeq ${cseq} to ${remote.address}, ${status} ${took}, ${retransmissions} sent again`,
  );
});
client.on('attempt', ({ procedure, succeeded, latencyUs, wireUs, transactions }) => {
  const isLonger = latencyUs >= wireUs;
  console.log(
    `  ${procedure}: ${succeeded ? 'succeeded' : 'failed'} with ${transactions.length} requests, ${isLonger}`,
  );
});

const registration = await client.register({ from: 'sip:alice@test.example', outboundProxy, expires: 600 });

// A handle has one attempt at a time: the second one is refused with a typed error, and nothing is sent for it.
const [first, second] = await Promise.allSettled([registration.refresh(), registration.refresh()]);
console.log(`first: ${first.status}; second: ${second.reason instanceof RegistrationError && second.reason.code}`);

await registration.unregister();

// Mallory has no credentials.
const refused = await client.register({ from: 'sip:mallory@test.example', outboundProxy }).catch((error) => error);
console.log(refused instanceof RegistrationFailure ? refused.message : refused);

await client.close();
