// Runs a command to its end, at most SECONDS long, and writes what it cost the processor: start-up included, every thread,
// every child it waited for. Node's child processes do not tell.
//
//   rusage FILE SECONDS COMMAND [ARGUMENT…]
//
// FILE gets one JSON object. Ends with the command's exit code, 124 when it was too late, 127 when it could not start.
// SIGTERM is passed on. Build: cc -O2 rusage.c -o rusage
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pid_t child;
static volatile sig_atomic_t late;

static void pass_on(int number) {
  if (number == SIGALRM) late = 1;
  kill(child, number == SIGALRM ? SIGKILL : number);
}

static double seconds(struct timeval time) { return time.tv_sec + time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 4) {
    fprintf(stderr, "usage: rusage FILE SECONDS COMMAND [ARGUMENT...]\n");
    return 2;
  }
  struct timespec from, to;
  struct rusage use;
  int status = 0;
  clock_gettime(CLOCK_MONOTONIC, &from);
  child = fork();
  if (child < 0) {
    perror("rusage: fork");
    return 127;
  }
  if (child == 0) {
    execvp(argv[3], argv + 3);
    perror(argv[3]);
    _exit(127);
  }
  signal(SIGTERM, pass_on);
  signal(SIGINT, pass_on);
  signal(SIGALRM, pass_on);
  alarm(atoi(argv[2]));
  while (wait4(child, &status, 0, &use) < 0 && errno == EINTR) continue;
  clock_gettime(CLOCK_MONOTONIC, &to);
  int code = late ? 124 : WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  FILE *file = fopen(argv[1], "w");
  if (!file) {
    perror(argv[1]);
    return 127;
  }
  fprintf(file, "{\"userSeconds\":%.6f,\"systemSeconds\":%.6f,\"wallSeconds\":%.6f,\"maxRssBytes\":%ld,\"exitCode\":%d}\n",
          seconds(use.ru_utime), seconds(use.ru_stime), to.tv_sec - from.tv_sec + (to.tv_nsec - from.tv_nsec) / 1e9,
          use.ru_maxrss * 1024L, code);
  fclose(file);
  return code;
}
