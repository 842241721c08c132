// A REGISTER with a body, and headers that come with the address: both stay for the refreshes.
//
//   node examples/body.mjs [sip:HOST:PORT]

import { RegistrationClient } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';

const client = new RegistrationClient();
client.addCredentials({ username: 'alice', password: 'secret' });
client.on('message', ({ direction, text }) => {
  const [head, body] = text.split('\r\n\r\n');
  const tenant = /X-Tenant: (.*)/.exec(head)?.[1];
  if (direction === 'sent') console.log(`X-Tenant ${tenant}, To ${/To: (.*)/.exec(head)[1]}, ${body.length} bytes`);
});

// What stands behind the "?" becomes headers of the requests, never part of From or To (RFC 3261 §19.1.5).
const request = client.buildInitialRegister({ from: 'sip:alice@test.example?X-Tenant=seven%20oaks', outboundProxy });
request.setBody(JSON.stringify({ device: 'desk', firmware: '2.1' }), 'application/json');
await request.send();

// Only what changes is said again.
await request.registration.buildRegister().setBody('{}', 'application/json').send();
await request.registration.buildRegister({ expires: 0 }).removeBody().send();

// A URI does not decide where a request goes, nor what its sender can do.
try {
  client.buildInitialRegister({ from: 'sip:alice@test.example?Route=%3Csip:elsewhere;lr%3E' });
} catch (error) {
  console.log(error.message);
}

await client.close();
