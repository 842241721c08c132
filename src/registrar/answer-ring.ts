// @hot
// Every answer lives in one slab, and from there goes to the kernel, and stays to be sent again: composing, sending and
// retransmitting all use the same bytes, so that a retransmitted answer is identical (RFC 3261 §17.2.2) by construction.
//
//        oldest transaction's answer      oldest unsent answer      head
//   |----------|############################|::::::::::::::::::::::::|------ reserved: slotBytes ------|----|
//      free       kept for retransmissions     also in the outbox        the next answer is composed here
//
// The ring is written in one direction. What the head runs over is forgotten: the server transaction that kept it (counted
// as overwritten, see server-transactions.ts). Bytes that the transport hasn't released are never run over; then there is no
// room, and the request is dropped before anything was done about it.
//
// A position is a number of bytes since the beginning that only rises; an offset is where that is in the slab.
//
// The outbox is a ring of references, oldest first:
//
//  column       array         unit  meaning
//  position     Float64Array  byte  where the answer begins
//  start, end   Int32Array    byte  its offsets in the slab
//  peerAddress  Uint32Array   -     IPv4, host order
//  peerPort     Uint16Array   -
//
//   released <= drained <= committed: counts since the beginning; entries from released to committed are in use

/** Takes an answer for sending; false when it can take no more for now. */
export type AnswerSink = (start: number, end: number, peerAddress: number, peerPort: number) => boolean;

export interface AnswerRing {
  readonly slab: Uint8Array;
  readonly slotBytes: number;
  readonly outboxSlots: number;
  readonly position: Float64Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly peerAddress: Uint32Array;
  readonly peerPort: Uint16Array;
  committed: number;
  drained: number;
  released: number;
  headPosition: number;
  headOffset: number;
}

export const createAnswerRing = (slabBytes: number, slotBytes: number, outboxSlots: number): AnswerRing => ({
  slab: new Uint8Array(slabBytes),
  slotBytes,
  outboxSlots,
  position: new Float64Array(outboxSlots),
  start: new Int32Array(outboxSlots),
  end: new Int32Array(outboxSlots),
  peerAddress: new Uint32Array(outboxSlots),
  peerPort: new Uint16Array(outboxSlots),
  committed: 0,
  drained: 0,
  released: 0,
  headPosition: 0,
  headOffset: 0,
});

/**
 * Makes sure that slotBytes lie free at headOffset in one piece, as far as the outbox is concerned; false when it is full.
 * The caller then forgets the transactions whose answers begin below overwrittenBelow().
 */
export const reserveAnswer = (ring: AnswerRing): boolean => {
  if (ring.committed - ring.released >= ring.outboxSlots) return false;
  const size = ring.slab.length;
  const skipped = ring.headOffset + ring.slotBytes > size ? size - ring.headOffset : 0;
  if (ring.committed > ring.released) {
    const oldest = ring.position[ring.released % ring.outboxSlots]!;
    if (ring.headPosition + skipped + ring.slotBytes - oldest > size) return false;
  }
  if (skipped > 0) {
    ring.headPosition += skipped;
    ring.headOffset = 0;
  }
  return true;
};

/** After reserveAnswer: answers that begin at positions below this will be run over. */
export const overwrittenBelow = (ring: AnswerRing): number => ring.headPosition + ring.slotBytes - ring.slab.length;

/** What was composed from headOffset up to `end` becomes an answer, and waits in the outbox. */
export const commitAnswer = (ring: AnswerRing, end: number, peerAddress: number, peerPort: number): void => {
  const entry = ring.committed % ring.outboxSlots;
  ring.position[entry] = ring.headPosition;
  ring.start[entry] = ring.headOffset;
  ring.end[entry] = end;
  ring.peerAddress[entry] = peerAddress;
  ring.peerPort[entry] = peerPort;
  ring.committed++;
  ring.headPosition += end - ring.headOffset;
  ring.headOffset = end;
};

/** The newest answer of the outbox once more; false when the outbox has no room for it. */
export const commitAgain = (ring: AnswerRing): boolean => {
  if (ring.committed - ring.released >= ring.outboxSlots) return false;
  const newest = (ring.committed - 1) % ring.outboxSlots;
  const entry = ring.committed % ring.outboxSlots;
  ring.position[entry] = ring.position[newest]!;
  ring.start[entry] = ring.start[newest]!;
  ring.end[entry] = ring.end[newest]!;
  ring.peerAddress[entry] = ring.peerAddress[newest]!;
  ring.peerPort[entry] = ring.peerPort[newest]!;
  ring.committed++;
  return true;
};

/** What was composed from headOffset up to `end` stays for its transaction, and is not sent. */
export const keepAnswer = (ring: AnswerRing, end: number): void => {
  ring.headPosition += end - ring.headOffset;
  ring.headOffset = end;
};

/** Answers that nobody has taken yet will not be sent. */
export const withdrawAnswers = (ring: AnswerRing): void => {
  ring.committed = ring.drained;
};

/** Offers what waits, oldest first, until the sink takes no more; returns how many it took. */
export const drainAnswers = (ring: AnswerRing, sink: AnswerSink): number => {
  let count = 0;
  while (ring.drained < ring.committed) {
    const entry = ring.drained % ring.outboxSlots;
    if (!sink(ring.start[entry]!, ring.end[entry]!, ring.peerAddress[entry]!, ring.peerPort[entry]!)) break;
    ring.drained++;
    count++;
  }
  return count;
};

/** The `count` oldest drained answers are out of the transport's hands. */
export const releaseAnswers = (ring: AnswerRing, count: number): void => {
  ring.released += count;
};
