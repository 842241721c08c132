// The cheapest registrar there can be on one core, so that what is measured is the load generator. It answers every
// datagram with a status line followed by the request's own header lines, in batches, and keeps no state. It checks no
// credentials: a digest run costs the generator both round trips and the hashing, and costs this side nothing more.
//
//   nullreg PORT SECONDS         answers 200 OK to everything
//   nullreg PORT SECONDS auth    answers 401 to a request without Authorization, each with a nonce of its own
//
// PORT 0 takes any free port. Prints "listening PORT" when it is ready, ends on SIGTERM or after SECONDS, and then prints
// how many it answered and how many the kernel dropped because its queue was full. Build: cc -O2 nullreg.c -o nullreg
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BATCH = 64, SIZE = 2048, BUFFER = 64 << 20 };

static char in[BATCH][SIZE];
static char in_control[BATCH][CMSG_SPACE(sizeof(unsigned))];
static struct iovec in_iov[BATCH], out_iov[BATCH][2];
static struct mmsghdr in_msg[BATCH], out_msg[BATCH];
static struct sockaddr_in peer[BATCH];

static char ok[] = "SIP/2.0 200 OK";
static const char challenge[] = "SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm=\"test.example\", "
                                "nonce=\"00000000000000000000000000000000\", qop=\"auth\", algorithm=MD5";
static char challenges[BATCH][sizeof challenge];
static size_t nonce_offset;

static volatile sig_atomic_t stopping;
static unsigned dropped; // the kernel's running count (SO_RXQ_OVFL)

static void stop(int number) {
  (void)number;
  stopping = 1;
}

// 32 hex digits that differ from answer to answer (xorshift64; there is nothing to guess here).
static void write_nonce(char *at) {
  static unsigned long long state = 0x2545f4914f6cdd1dull;
  for (int half = 0; half < 2; half++) {
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    for (unsigned long long bits = state, i = 0; i < 16; i++, bits >>= 4) *at++ = "0123456789abcdef"[bits & 15];
  }
}

static int open_socket(int port) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0), size = BUFFER, on = 1;
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof here;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  setsockopt(fd, SOL_SOCKET, SO_RXQ_OVFL, &on, sizeof on);
  if (fd < 0 || bind(fd, (void *)&here, sizeof here) || getsockname(fd, (void *)&here, &length)) return -1;
  printf("listening %d\n", ntohs(here.sin_port));
  fflush(stdout);
  return fd;
}

static void prepare(void) {
  nonce_offset = strstr(challenge, "nonce=\"") - challenge + 7;
  for (int i = 0; i < BATCH; i++) {
    in_iov[i] = (struct iovec){in[i], SIZE - 1};
    in_msg[i].msg_hdr = (struct msghdr){.msg_name = &peer[i], .msg_iov = &in_iov[i], .msg_iovlen = 1, .msg_control = in_control[i]};
    out_msg[i].msg_hdr = (struct msghdr){.msg_namelen = sizeof peer[i], .msg_iov = out_iov[i], .msg_iovlen = 2};
    memcpy(challenges[i], challenge, sizeof challenge);
  }
}

static void note_drops(struct msghdr *header) {
  struct cmsghdr *control = CMSG_FIRSTHDR(header);
  if (control && control->cmsg_level == SOL_SOCKET && control->cmsg_type == SO_RXQ_OVFL) memcpy(&dropped, CMSG_DATA(control), sizeof dropped);
}

// Fills the answers to the first `got` requests; returns how many there are.
static int compose(int got, int with_auth) {
  int ready = 0;
  for (int i = 0; i < got; i++) {
    unsigned length = in_msg[i].msg_len;
    char *end = memchr(in[i], '\r', length);
    if (!end) continue;
    int accepted = !with_auth || memmem(in[i], length, "\r\nAuthorization:", 16);
    if (!accepted) write_nonce(challenges[ready] + nonce_offset);
    out_iov[ready][0] = accepted ? (struct iovec){ok, sizeof ok - 1} : (struct iovec){challenges[ready], sizeof challenge - 1};
    out_iov[ready][1] = (struct iovec){end, length - (end - in[i])};
    out_msg[ready++].msg_hdr.msg_name = &peer[i];
  }
  return ready;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fprintf(stderr, "usage: nullreg PORT SECONDS [auth]\n");
    return 2;
  }
  int with_auth = argc > 3 && !strcmp(argv[3], "auth");
  unsigned long answered = 0;
  struct sigaction action = {.sa_handler = stop}; // without SA_RESTART: a signal ends the wait
  sigaction(SIGTERM, &action, 0);
  sigaction(SIGINT, &action, 0);
  sigaction(SIGALRM, &action, 0);
  alarm(atoi(argv[2]));
  prepare();
  int fd = open_socket(atoi(argv[1]));
  if (fd < 0) {
    perror("nullreg");
    return 1;
  }
  while (!stopping) {
    for (int i = 0; i < BATCH; i++) {
      in_msg[i].msg_hdr.msg_namelen = sizeof peer[i];
      in_msg[i].msg_hdr.msg_controllen = sizeof in_control[i];
    }
    int got = recvmmsg(fd, in_msg, BATCH, MSG_WAITFORONE, 0);
    if (got <= 0) {
      if (got < 0 && errno != EINTR) break;
      continue;
    }
    note_drops(&in_msg[got - 1].msg_hdr);
    int ready = compose(got, with_auth), sent = 0;
    while (sent < ready) {
      int n = sendmmsg(fd, out_msg + sent, ready - sent, 0);
      if (n > 0) sent += n;
      else if (errno != EINTR) break;
    }
    answered += sent;
  }
  printf("answered %lu dropped %u\n", answered, dropped);
  return 0;
}
