// What the operator is told when the kernel granted smaller socket buffers than were asked for.

export interface SocketBuffers {
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
}

/** One sentence for each buffer that is too small, with the setting that mends it; empty when there is none. */
export const socketBufferWarnings = (wanted: SocketBuffers, granted: SocketBuffers): readonly string[] => {
  const warnings: string[] = [];
  if (granted.receiveBufferBytes < wanted.receiveBufferBytes) {
    const text = sentence('receive', wanted.receiveBufferBytes, granted.receiveBufferBytes);
    warnings.push(
      `${text}: datagrams that come in a burst may be lost; ${remedy('rmem_max', wanted.receiveBufferBytes)}`,
    );
  }
  if (granted.sendBufferBytes < wanted.sendBufferBytes) {
    const text = sentence('send', wanted.sendBufferBytes, granted.sendBufferBytes);
    warnings.push(`${text}: sends may wait for room; ${remedy('wmem_max', wanted.sendBufferBytes)}`);
  }
  return warnings;
};

const sentence = (which: string, wantedBytes: number, grantedBytes: number): string =>
  `the socket's ${which} buffer is ${grantedBytes} bytes, ${wantedBytes} were asked for`;

const remedy = (setting: string, bytes: number): string =>
  `\`sysctl -w net.core.${setting}=${bytes}\` (as root) lets it have them.`;
