// @hot
// Whether a user part is one of those that a rule means: by the number at its end, or by a pattern with `*` for any number of
// characters and `?` for one. The pattern is for all of the user part, upper and lower case apart (RFC 3261 §19.1.4).

const ASCII_ZERO = 0x30;
const STAR = 0x2a;
const QUESTION = 0x3f;

export interface UserMatch {
  readonly firstUser: number;
  readonly lastUser: number;
  readonly pattern: Uint8Array | null;
}

/** `firstUser` below 0: no number is asked for. */
export const isUserIn = (match: UserMatch, user: Uint8Array, length: number): boolean => {
  if (match.firstUser >= 0) {
    const number = numberAtEnd(user, length);
    if (number < match.firstUser || number > match.lastUser) return false;
  }
  return match.pattern === null || fits(match.pattern, user, length);
};

/** -1 where the user part does not end in digits. However many zeros stand before it, the number is the same. */
const numberAtEnd = (user: Uint8Array, length: number): number => {
  let number = 0;
  let weight = 1;
  let at = length - 1;
  for (; at >= 0; at--) {
    const digit = user[at]! - ASCII_ZERO;
    if (digit < 0 || digit > 9) break;
    if (digit > 0) number += digit * weight;
    weight *= 10;
  }
  return at === length - 1 ? -1 : number;
};

/** Goes back to the last star only, so it takes pattern times user at most. */
const fits = (pattern: Uint8Array, user: Uint8Array, length: number): boolean => {
  let inPattern = 0;
  let inUser = 0;
  let star = -1;
  let starUser = 0;
  while (inUser < length) {
    const wanted = inPattern < pattern.length ? pattern[inPattern]! : -1;
    if (wanted === STAR) {
      star = inPattern++;
      starUser = inUser;
    } else if (wanted === QUESTION || wanted === user[inUser]) {
      inPattern++;
      inUser++;
    } else if (star >= 0) {
      inPattern = star + 1;
      inUser = ++starUser;
    } else {
      return false;
    }
  }
  while (inPattern < pattern.length && pattern[inPattern] === STAR) inPattern++;
  return inPattern === pattern.length;
};
