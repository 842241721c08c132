// The IPv4 address of the host that a registration talks to.
//
// Left out on purpose: NAPTR and SRV records (RFC 3263), which src/coordinator/target.ts looks up for a load. A registration names a host.

import { UserError } from '../std/index.ts';
import { createNameResolver, parseIpv4 } from '../transport/index.ts';

/** Rejects with TARGET_UNRESOLVED. */
export const registrarAddress = async (host: string): Promise<string> => {
  if (parseIpv4(host) >= 0) return host;
  const reply = await createNameResolver({ server: null }).ask({ name: host, type: 'A' });
  const [address] = reply.kind === 'a' ? reply.addresses : [];
  if (address !== undefined) return address;
  const why = 'why' in reply ? reply.why : 'no A record';
  throw new UserError('TARGET_UNRESOLVED', {
    message: `${host} has no IPv4 address (${why})`,
    hint: `check the name (\`getent ahostsv4 ${host}\`), or give an address`,
  });
};
