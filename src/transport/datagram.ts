// What the two UDP transports offer to a pump, and what they report back. They know nothing of SIP.
//
//   send()   takes a message of the flow's slab; it stays there, untouched, until it is reported sent, refused or lost
//   flush()  hands what was taken to the kernel and reports: onSent (in order), onRefused, onError
//   receive() reports everything that has arrived
//
// Addresses are IPv4 as unsigned 32-bit numbers in host order, ports as numbers. Times are microseconds since the origin
// given at creation (a CLOCK_MONOTONIC reading shared by all threads of the run).

/** Index of a socket within one transport, from 0. */
export type FlowId = number;

export interface OpenOptions {
  /** 0 lets the system choose. */
  readonly localAddress: number;
  readonly localPort: number;
  /** Null: an unconnected socket (a server); every send then names its peer. */
  readonly remote: { readonly address: number; readonly port: number } | null;
  /** Every message given to send() for this flow lies in here. The transport keeps it alive. */
  readonly slab: Uint8Array;
  /**
   * Several sockets at one local address and port, connected to different peers: the first is `opened`, exclusively as any other,
   * and the others are `joined` to it. Each gets what its own peer sends.
   */
  readonly sharedPort?: 'opened' | 'joined';
  /** It may be connected anew, and is to keep its port then. */
  readonly keepsPort?: boolean;
  /** Asked-for socket buffers; the transport forces them where it may and tells what it got. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
}

export interface OpenedFlow {
  readonly flow: FlowId;
  /** It sends in segments (UDP_SEGMENT), as was asked for. */
  readonly segmented: boolean;
  readonly localAddress: number;
  readonly localPort: number;
  /** What the kernel granted. */
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
}

export interface DatagramHandler {
  /** One datagram. The view is free for reuse after return. `receivedAtUs` may lie before the present turn. */
  onDatagram(
    flow: FlowId,
    receivedAtUs: number,
    bytes: Uint8Array,
    start: number,
    end: number,
    peerAddress: number,
    peerPort: number,
  ): void;
  /** The `count` oldest messages taken by send() and not yet reported were handed to the kernel. */
  onSent(flow: FlowId, count: number, sentAtUs: number): void;
  /**
   * The oldest unreported message can never be sent, for a reason of its own (EMSGSIZE, EPERM, EINVAL). `code` is the errno
   * name. With udp-dgram it may also be that of an unreachable peer, when messages behind it have left: onError follows.
   */
  onRefused(flow: FlowId, code: string): void;
  /**
   * The flow's peer is unreachable (RFC 3261 §18.4: ICMP host, net, port or protocol unreachable, or a parameter
   * problem), or the socket is broken. Everything taken by send() and not yet reported is dropped, never sent.
   */
  onError(flow: FlowId, code: string): void;
}

/** When the kernel took no more messages, and how long they waited for it. */
export interface SendBlocked {
  /** Flushes that ended early because the socket's send buffer was full (EAGAIN). */
  readonly noRoom: number;
  /** Flushes that ended early because the interface's queue was full (ENOBUFS). */
  readonly queueFull: number;
  /** The time in which messages waited, and the longest that one did. */
  readonly waitedUsTotal: number;
  readonly waitedUsMax: number;
}

export interface TransportStats {
  /** Every socket still sends in segments (UDP_SEGMENT). */
  readonly segmented: boolean;
  /** Datagrams longer than a receive slot, dropped. */
  readonly truncated: number;
  /** Jumps of the wall clock against the monotonic one (kernel stamps are wall clock). */
  readonly clockSteps: number;
  /** Datagrams that the kernel dropped because our receive queue was full (SO_RXQ_OVFL). */
  readonly receiveQueueOverruns: number;
  /** Calls made, those that moved nothing included. */
  readonly sendCalls: number;
  readonly receiveCalls: number;
  /** Element n: how many of these calls moved n datagrams. The transport goes on counting in them; to be copied. */
  readonly datagramsPerSendCall: Float64Array;
  readonly datagramsPerReceiveCall: Float64Array;
  readonly sendBlocked: SendBlocked;
}

export interface UdpTransport {
  readonly kind: 'udp-batch' | 'udp-dgram';
  readonly wireClock: 'kernel' | 'userland';
  open(options: OpenOptions): OpenedFlow | Promise<OpenedFlow>;
  /** Connects an open socket to another peer, from the same local address and port. Throws where there is no way there. */
  reconnect(flow: FlowId, remote: { readonly address: number; readonly port: number }): void;
  /** Takes a message for sending; false when no more can be taken before the next flush. Peer is ignored on a connected flow. */
  send(flow: FlowId, start: number, end: number, peerAddress: number, peerPort: number): boolean;
  /** Hands over what was taken. What the kernel would not take (EAGAIN, ENOBUFS) stays for the next flush. */
  flush(handler: DatagramHandler): void;
  /** Reports arrived datagrams, at most `limit`; returns how many. Also reports pending ICMP errors. */
  receive(handler: DatagramHandler, limit: number): number;
  nowUs(): number;
  /** Sets the time's zero anew: sockets are opened before the run's beginning is known. */
  setOrigin(originUs: number): void;
  /** Sleeps until the time, whether or not input arrives. Returns null when it blocked, else a promise. */
  sleepUntil(untilUs: number): Promise<void> | null;
  /**
   * Sleeps until the time or until a socket has input (or room, while unsent messages wait for it), for a tenth of a
   * second at most.
   */
  waitForInput(untilUs: number): Promise<void> | null;
  /** Ends a wait for input that is under way: there is something to send. Where waiting blocks the thread, none ever is. */
  wake(): void;
  /** Processor time of the calling thread so far, microseconds. */
  threadCpuUs(): number;
  stats(): TransportStats;
  close(): void;
}
