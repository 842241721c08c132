// Whether load may go to an address that was named or looked up, and in which words it may not.
//
//   where no host can be (multicast, broadcast)   never: registration by multicast is gone (RFC 3261 §10.2.6 has the last of it), and an
//                                                 answer would come from another address than the socket is connected to
//   public, or reserved                           only when the operator has said so

import { UserError } from '../std/index.ts';
import { hostlessKind, isPublicAddress, isReservedAddress } from './addresses.ts';

export interface AddressRules {
  readonly allowPublic: boolean;
  /** How public ones are allowed here: `--allow-public`. */
  readonly switch: string;
}

/** `host` is what was looked up, or the address itself. Null: load may go there. Else TARGET_HOSTLESS or TARGET_PUBLIC. */
export const refusedAddress = (
  host: string,
  address: string,
  { allowPublic, switch: allowing }: AddressRules,
): UserError | null => {
  const name = host === address ? address : `${host} (${address})`;
  const hostless = hostlessKind(address);
  if (hostless !== null) {
    return new UserError('TARGET_HOSTLESS', {
      message: `${name} is ${hostless}: no registrar answers from there`,
      hint: "name the registrar's own address",
    });
  }
  if (allowPublic || !isPublicAddress(address)) return null;
  if (isReservedAddress(address)) {
    return new UserError('TARGET_PUBLIC', {
      message: `${name} is a reserved address (240.0.0.0/4), where few have a network`,
      hint: `check it for a slip of the pen; if your registrar is there, say so with ${allowing}`,
    });
  }
  return new UserError('TARGET_PUBLIC', {
    message: `${name} is a public address, and load goes only to registrars of your own`,
    hint: `if it is yours, say so with ${allowing}`,
  });
};
