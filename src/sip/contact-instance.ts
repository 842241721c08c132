// @hot
// Instance and reg-id of a contact (RFC 5626 §4.1, §4.2), in its header parameters:
//
//   ;reg-id=1;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"
//
// Parameters that cannot be read end the search: what stands before them counts.

import { encodeAscii, readDecimal } from '../std/index.ts';
import { createParameter, isParameter, PARAMETER_MALFORMED, type Parameter, readParameter } from './parameters.ts';

const INSTANCE: Uint8Array = encodeAscii('+sip.instance');
const REG_ID: Uint8Array = encodeAscii('reg-id');

const SEMICOLON = 0x3b;
const QUOTE = 0x22;
const LESS = 0x3c;
const GREATER = 0x3e;

/** RFC 5626 §4.2: 1 to 2^31 - 1. */
const REG_ID_MOST = 2 ** 31 - 1;

/** A reusable record. The instance is what stands between quotes and brackets. */
export interface ContactInstance {
  start: number;
  end: number;
  /** 0: none, or none that is allowed. */
  regId: number;
  readonly parameter: Parameter;
}

export const createContactInstance = (): ContactInstance => ({
  start: -1,
  end: -1,
  regId: 0,
  parameter: createParameter(),
});

/** Reads the parameters in [start, end), each with its semicolon; false without an instance. */
export const findInstance = (bytes: Uint8Array, start: number, end: number, instance: ContactInstance): boolean => {
  const { parameter } = instance;
  instance.start = -1;
  instance.end = -1;
  instance.regId = 0;
  let at = start;
  while (at < end && bytes[at] === SEMICOLON) {
    at = readParameter(bytes, at, end, parameter);
    if (at === PARAMETER_MALFORMED) break;
    const { valueStart, valueEnd } = parameter;
    if (isParameter(bytes, parameter, INSTANCE)) takeInstance(bytes, valueStart, valueEnd, instance);
    else if (isParameter(bytes, parameter, REG_ID)) {
      const regId = readDecimal(bytes, valueStart, valueEnd);
      instance.regId = regId > 0 && regId <= REG_ID_MOST ? regId : 0;
    }
  }
  return instance.end > instance.start;
};

const takeInstance = (bytes: Uint8Array, valueStart: number, valueEnd: number, instance: ContactInstance): void => {
  let start = valueStart;
  let end = valueEnd;
  if (end - start >= 2 && bytes[start] === QUOTE && bytes[end - 1] === QUOTE) {
    start++;
    end--;
  }
  if (end - start >= 2 && bytes[start] === LESS && bytes[end - 1] === GREATER) {
    start++;
    end--;
  }
  instance.start = start;
  instance.end = end;
};
