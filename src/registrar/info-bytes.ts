// How long an Authentication-Info may become (info-lines.ts), for who reserves room for answers.

/** A longer cnonce is not sent back, and a proof without it would be none. */
export const MOST_CNONCE_BYTES = 128;
/** What the line may take beyond a nonce, which the challenges leave room for: names, a proof, a cnonce and nc. */
export const INFO_BYTES_MOST = 128 + 64 + MOST_CNONCE_BYTES;
