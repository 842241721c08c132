import { describe, expect, it } from 'vitest';
import {
  createStunMessage,
  NO_MAPPED_ADDRESS,
  readStun,
  STUN_BINDING_REQUEST,
  STUN_BINDING_SUCCESS,
  STUN_MALFORMED,
  STUN_OK,
  writeBindingRequest,
  writeBindingResponse,
} from '../../../src/sip/index.ts';

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'));

const HEADER = '2112a442 b7e7a701bc34d686fa87dfae';
/** RFC 5769 §2.1. */
const REQUEST = bytesOf(`00010058 ${HEADER}
  80220010 5354554e207465737420636c69656e74 00240004 6e0001ff 80290008 932ff9b151263b36
  00060009 6576746a3a68367659202020 00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004 e57a3bcf`);
/** RFC 5769 §2.2. */
const RESPONSE_IPV4 = bytesOf(`0101003c ${HEADER}
  8022000b 7465737420766563746f7220 00200008 0001a147e112a643
  00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7 80280004 c07d4c96`);
/** RFC 5769 §2.3. */
const RESPONSE_IPV6 = bytesOf(`01010048 ${HEADER}
  8022000b 7465737420766563746f7220 00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9
  00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c`);

const read = (bytes: Uint8Array): ReturnType<typeof createStunMessage> & { result: number } => {
  const message = createStunMessage();
  const padded = new Uint8Array(bytes.length + 16).fill(0x22);
  padded.set(bytes, 8);
  return { result: readStun(padded, 8, 8 + bytes.length, message), ...message };
};

describe('STUN messages', () => {
  it('RFC 5769 §2.1 the sample request is read, its fingerprint checked', () => {
    expect(read(REQUEST)).toMatchObject({ result: STUN_OK, type: STUN_BINDING_REQUEST, high: 0xb7e7a701 });
    expect(read(REQUEST).mappedAddress).toBe(NO_MAPPED_ADDRESS);
  });

  it('RFC 5769 §2.2 the sample IPv4 response tells 192.0.2.1 and port 32853', () => {
    expect(read(RESPONSE_IPV4)).toEqual({
      result: STUN_OK,
      type: STUN_BINDING_SUCCESS,
      high: 0xb7e7a701,
      middle: 0xbc34d686,
      low: 0xfa87dfae,
      mappedAddress: 0xc0000201,
      mappedPort: 32853,
    });
  });

  it('RFC 5769 §2.3 the sample IPv6 response is read, and its address left alone', () => {
    expect(read(RESPONSE_IPV6)).toMatchObject({ result: STUN_OK, mappedAddress: NO_MAPPED_ADDRESS });
  });

  it('RFC 5389 §15.5 a response with any bit of its header, address or fingerprint wrong is refused by the fingerprint', () => {
    const address = 20 + 16 + 4;
    const parts = [
      [0, 20],
      [address, address + 8],
      [RESPONSE_IPV4.length - 4, RESPONSE_IPV4.length],
    ] as const;
    for (const [from, to] of parts) {
      for (let bit = from * 8; bit < to * 8; bit++) {
        const damaged = RESPONSE_IPV4.slice();
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        expect(read(damaged).result, `bit ${bit}`).toBe(STUN_MALFORMED);
      }
    }
  });

  it('RFC 5389 §6 what is cut off, too short, of odd length or without the cookie is malformed, at every length', () => {
    for (let length = 0; length < RESPONSE_IPV4.length; length++) {
      expect(read(RESPONSE_IPV4.slice(0, length)).result).toBe(STUN_MALFORMED);
    }
    const old = RESPONSE_IPV4.slice();
    old[4] = 0;
    expect(read(old).result).toBe(STUN_MALFORMED);
    expect(read(new TextEncoder().encode('SIP/2.0 200 OK\r\n\r\n')).result).toBe(STUN_MALFORMED);
  });

  it('RFC 5389 §7.3.1.1 an answer tells where its request came from, with the same transaction id', () => {
    const out = new Uint8Array(64);
    const end = writeBindingRequest(out, 4, 1, 0xfffffffe, 0x80000003);
    expect(end).toBe(24);
    const request = createStunMessage();
    expect(readStun(out, 4, end, request)).toBe(STUN_OK);
    const answerEnd = writeBindingResponse(out, 24, request, 0xff000102, 65535);
    expect(read(out.slice(24, answerEnd))).toEqual({
      result: STUN_OK,
      type: STUN_BINDING_SUCCESS,
      high: 1,
      middle: 0xfffffffe,
      low: 0x80000003,
      mappedAddress: 0xff000102,
      mappedPort: 65535,
    });
  });

  it('RFC 5389 §7.3.3 MAPPED-ADDRESS alone is taken, beside XOR-MAPPED-ADDRESS it is not', () => {
    const mapped = '00010008 0001138a0a000001';
    const xor = '00200008 0001a147e112a643';
    expect(read(bytesOf(`0101000c ${HEADER} ${mapped}`))).toMatchObject({
      mappedAddress: 0x0a000001,
      mappedPort: 5002,
    });
    for (const both of [mapped + xor, xor + mapped]) {
      expect(read(bytesOf(`01010018 ${HEADER} ${both}`))).toMatchObject({
        mappedAddress: 0xc0000201,
        mappedPort: 32853,
      });
    }
  });
});
