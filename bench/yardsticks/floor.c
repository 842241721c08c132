// The floor under a UDP load generator: what the kernel alone asks for a registration. It sends a prepared REGISTER COUNT
// times, keeps at most four batches outstanding, and counts what comes back. No scenario, no timers, no parsing, and no
// pace: it goes as fast as it can.
//
//   floor PORT COUNT [BATCH]       one datagram per message, BATCH messages per sendmmsg (default 64)
//   floor PORT COUNT BATCH gso     one send per batch, cut into datagrams by the kernel (UDP_SEGMENT)
//
// Prints "answered N seconds S"; fails when answers are missing. Build: cc -O2 floor.c -o floor
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { BATCH_MOST = 128, SIZE = 2048, BUFFER = 64 << 20, WINDOW_BATCHES = 4, SILENCE_MS = 2000 };

static char out[BATCH_MOST * SIZE], in[BATCH_MOST][SIZE];
static struct iovec in_iov[BATCH_MOST], out_iov[BATCH_MOST];
static struct mmsghdr in_msg[BATCH_MOST], out_msg[BATCH_MOST];

// As long as what the other generators send, so that the kernel copies as much.
static const char *text =
  "REGISTER sip:test.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bK0123456789abcdef%08d;rport\r\n"
  "Max-Forwards: 70\r\nFrom: <sip:u%08d@test.example>;tag=0123%08d\r\nTo: <sip:u%08d@test.example>\r\n"
  "Call-ID: 0123456789abcdef%08d\r\nCSeq: 1 REGISTER\r\nContact: <sip:u%08d@127.0.0.1:40000>\r\nExpires: 1800\r\n"
  "User-Agent: floor\r\nContent-Length: 0\r\n\r\n";

// Lays the messages end to end, as one segmented send needs them; returns the length of one.
static int prepare(void) {
  int length = 0;
  for (int i = 0; i < BATCH_MOST; i++) {
    char *at = out + i * length;
    length = snprintf(at, SIZE, text, i, i, i, i, i, i);
    out_iov[i] = (struct iovec){at, length};
    out_msg[i].msg_hdr = (struct msghdr){.msg_iov = &out_iov[i], .msg_iovlen = 1};
    in_iov[i] = (struct iovec){in[i], SIZE};
    in_msg[i].msg_hdr = (struct msghdr){.msg_iov = &in_iov[i], .msg_iovlen = 1};
  }
  return length;
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec / 1e9;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: floor PORT COUNT [BATCH [gso]]\n");
    return 2;
  }
  long count = atol(argv[2]), sent = 0, got = 0;
  int batch = argc > 3 ? atoi(argv[3]) : 64, gso = argc > 4, size = BUFFER, length = prepare();
  if (batch < 1 || batch > BATCH_MOST) return 2;
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  struct sockaddr_in peer = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1])), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (connect(fd, (void *)&peer, sizeof peer) || (gso && setsockopt(fd, IPPROTO_UDP, UDP_SEGMENT, &length, sizeof length))) {
    perror("floor");
    return 1;
  }
  double from = seconds_now();
  while (got < count) {
    int room = sent < count && sent - got < (long)WINDOW_BATCHES * batch;
    if (room) {
      int most = count - sent < batch ? (int)(count - sent) : batch;
      int n = gso ? (send(fd, out, (size_t)length * most, 0) > 0 ? most : 0) : sendmmsg(fd, out_msg, most, 0);
      if (n > 0) sent += n;
    }
    int n = recvmmsg(fd, in_msg, BATCH_MOST, MSG_DONTWAIT, 0);
    if (n > 0) {
      got += n;
    } else if (!room) {
      struct pollfd wait = {fd, POLLIN, 0};
      if (poll(&wait, 1, SILENCE_MS) == 0) break;
    }
  }
  printf("answered %ld seconds %.6f\n", got, seconds_now() - from);
  return got < count;
}
