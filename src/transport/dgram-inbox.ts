// Datagrams that Node's event loop has brought and the pump has not asked for yet: a ring, bounded in number and in bytes.
// What does not fit is dropped and counted, as the kernel would do with a full receive queue.

export interface Arrival {
  readonly flow: number;
  readonly receivedAtUs: number;
  readonly bytes: Uint8Array;
  readonly peerAddress: number;
  readonly peerPort: number;
}

export interface Inbox {
  readonly rows: (Arrival | undefined)[];
  readonly mostBytes: number;
  head: number;
  count: number;
  sizeBytes: number;
  overruns: number;
}

export const createInbox = (capacity: number, mostBytes: number): Inbox => ({
  rows: new Array<Arrival | undefined>(capacity).fill(undefined),
  mostBytes,
  head: 0,
  count: 0,
  sizeBytes: 0,
  overruns: 0,
});

export const putArrival = (inbox: Inbox, arrival: Arrival): void => {
  if (inbox.count === inbox.rows.length || inbox.sizeBytes + arrival.bytes.byteLength > inbox.mostBytes) {
    inbox.overruns++;
    return;
  }
  inbox.rows[(inbox.head + inbox.count) % inbox.rows.length] = arrival;
  inbox.count++;
  inbox.sizeBytes += arrival.bytes.byteLength;
};

/** The oldest, or undefined when there is none. */
export const takeArrival = (inbox: Inbox): Arrival | undefined => {
  const arrival = inbox.rows[inbox.head];
  if (arrival === undefined) return undefined;
  inbox.rows[inbox.head] = undefined;
  inbox.head = (inbox.head + 1) % inbox.rows.length;
  inbox.count--;
  inbox.sizeBytes -= arrival.bytes.byteLength;
  return arrival;
};
