// Removing every binding of an address-of-record, whoever made them: Contact "*", which goes with Expires 0 and nothing else.
//
//   node examples/delete-all.mjs [sip:HOST:PORT]

import { RegistrationClient } from 'regstorm';

const outboundProxy = process.argv[2] ?? 'sip:127.0.0.1:5060';
const from = 'sip:alice@test.example';

const client = new RegistrationClient();
client.addCredentials({ username: 'alice', password: 'secret' });
await client.register({ from, outboundProxy, expires: 300 });

// What does the registrar hold? An empty Contact asks.
const question = client.buildInitialRegister({ from, outboundProxy, contact: '' });
const bindings = async () => (await question.registration.query()).response.bindings;
for (const { uri, expiresSeconds } of await bindings()) {
  console.log(`before: ${uri.startsWith('sip:alice@127.0.0.1:')}, ${expiresSeconds <= 300}`);
}

const all = client.buildInitialRegister({ from, outboundProxy, contact: '*' });
const { status } = await all.send();
console.log(`removed all: ${status}`);
console.log(`after: ${(await bindings()).length} bindings`);

// Expires is not forgotten, but refused: RFC 3261 §10.2.2.
try {
  client.buildInitialRegister({ from, outboundProxy, contact: '*', expires: 1800 });
} catch (error) {
  console.log(error.message);
}

await client.close();
