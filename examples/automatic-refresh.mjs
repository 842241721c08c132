// A registration that is kept alive: the client refreshes it before it expires, without being asked again.
//
//   node examples/automatic-refresh.mjs [sip:HOST:PORT]

import { RegistrationClient } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

// By itself at 80 to 95 % of what was granted. Here after a second, so that there is something to see.
const client = new RegistrationClient({ refreshAfter: () => 1 });
client.addCredentials({ username: 'alice', password: 'secret' });

const refreshes = new Promise((resolve) => {
  let count = 0;
  client.on('refreshed', ({ registration, attempt }) => {
    count += 1;
    console.log(`refreshed by ${attempt.automatic ? 'itself' : 'hand'}: rid ${registration.rid}, ${attempt.status}`);
    if (count === 2) resolve(count);
  });
});
client.on('failed', ({ cause, retryInSeconds }) => console.log(`failed: ${cause}, next try in ${retryInSeconds} s`));

const registration = await client.register({ from: 'sip:alice@test.example', outboundProxy, expires: 60 });
await refreshes;
await registration.unregister();
console.log(registration.state);

await client.close();
