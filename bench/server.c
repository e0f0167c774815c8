/*
 * Answers as a Docker Engine would, from buffers made beforehand, so that the client is what a benchmark measures. Sizes
 * are part of the requests: MIB is a number of mebibytes.
 *
 *   server SOCKET SMALL_JSON LARGE_JSON WIDE_JSON
 *
 * GET  …/containers/json           SMALL_JSON; with ?limit=10000 LARGE_JSON, with ?limit=10001 WIDE_JSON
 * GET  …/images/MIB/get            a chunked tar of MIB mebibytes
 * GET  …/containers/MIB/archive    the same, with the description of a path; HEAD gives only that
 * GET  …/containers/MIB/logs       MIB mebibytes of log frames of 1 KiB; MIB "frame" is one frame of 16 MiB
 * GET  …/events?until=COUNT        COUNT events, rounded up to thousands
 * POST …/containers/MIB/exec       an exec, whose start upgrades the connection and sends MIB mebibytes of log frames
 * GET  …/received                  the number of bytes of the last body that was not empty
 * any other                        reads its body; POST …/build and …/load answer with progress
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define PIECE (32 * 1024) /* what the Engine writes at a time */
#define MIB (1024 * 1024)
#define EVENTS_PER_BLOCK 1000

struct text {
  char *bytes;
  size_t length;
};

static struct text small_list, large_list, wide_list, tar_block, log_block, exec_block, event_block, big_frame;
static atomic_size_t received;

static struct text with_headers(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) perror(path), exit(1);
  fseek(file, 0, SEEK_END);
  long size = ftell(file);
  rewind(file);
  struct text answer = {malloc(size + 512), 0};
  answer.length = sprintf(answer.bytes,
                          "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Type: application/json\r\n"
                          "Docker-Experimental: false\r\nOstype: linux\r\nServer: Docker/28.5.2 (linux)\r\n"
                          "Content-Length: %ld\r\n\r\n",
                          size);
  if (fread(answer.bytes + answer.length, 1, size, file) != (size_t)size) exit(1);
  answer.length += size;
  fclose(file);
  return answer;
}

/* Bytes as HTTP chunks of `piece` bytes. */
static struct text chunked(const char *bytes, size_t length, size_t piece) {
  struct text block = {malloc(length + (length / piece + 1) * 16), 0};
  for (size_t at = 0; at < length; at += piece) {
    size_t size = length - at < piece ? length - at : piece;
    block.length += sprintf(block.bytes + block.length, "%zx\r\n", size);
    memcpy(block.bytes + block.length, bytes + at, size);
    block.length += size;
    memcpy(block.bytes + block.length, "\r\n", 2);
    block.length += 2;
  }
  return block;
}

static void prepare(void) {
  char *data = calloc(1, 16 * MIB + 8);
  tar_block = chunked(data, MIB, PIECE);

  /* A frame is a header of 8 bytes (stream, length) and a line; 1,024 of them are a mebibyte and 8 KiB. */
  char *frames = malloc(1024 * 1032);
  for (int i = 0; i < 1024; i++) {
    char *frame = frames + i * 1032;
    memcpy(frame, "\1\0\0\0\0\0\4\0", 8);
    memset(frame + 8, 'x', 1023);
    frame[8 + 1023] = '\n';
  }
  exec_block = (struct text){frames, 1024 * 1032};
  log_block = chunked(frames, 1024 * 1032, PIECE);

  memcpy(data, "\1\0\0\0\1\0\0\0", 8);
  memset(data + 8, 'x', 16 * MIB);
  big_frame = chunked(data, 16 * MIB + 8, PIECE);

  char *lines = malloc(EVENTS_PER_BLOCK * 512);
  size_t length = 0;
  for (int i = 0; i < EVENTS_PER_BLOCK; i++)
    length += sprintf(lines + length,
                      "{\"status\":\"start\",\"id\":\"ede54ee1afda366ab42f824e8a5ffd195155d853ceaec74a927f249ea270c7430\","
                      "\"from\":\"alpine\",\"Type\":\"container\",\"Action\":\"start\",\"Actor\":{\"ID\":"
                      "\"ede54ee1afda366ab42f824e8a5ffd195155d853ceaec74a927f249ea270c7430\",\"Attributes\":"
                      "{\"com.example.some-label\":\"some-label-value\",\"image\":\"alpine\",\"name\":\"my-container-%d\"}},"
                      "\"scope\":\"local\",\"time\":1629574695,\"timeNano\":1629574695%09d}\n",
                      i, i * 1009);
  event_block = chunked(lines, length, PIECE);
  free(lines);
}

static int send_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return -1;
    bytes += sent;
    length -= sent;
  }
  return 0;
}

static int send_text(int fd, const char *text) { return send_all(fd, text, strlen(text)); }

/* Describes the folder "srv", as JSON in base 64. */
#define PATH_STAT                                                                                                      \
  "X-Docker-Container-Path-Stat: "                                                                                     \
  "eyJuYW1lIjoic3J2Iiwic2l6ZSI6NDA5NiwibW9kZSI6MjE0NzQ4NDE0MSwibXRpbWUiOiIyMDI2LTAxLTAxVDAwOjAwOjAwWiIsImxpbmtUYXJnZXQi" \
  "OiIifQ==\r\n"

static int begin_chunked(int fd, const char *type, const char *headers) {
  char head[512];
  sprintf(head, "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\nContent-Type: %s\r\n%sTransfer-Encoding: chunked\r\n\r\n", type,
          headers);
  return send_text(fd, head);
}

static int send_json(int fd, const char *status, const char *json) {
  char answer[1024];
  sprintf(answer,
          "HTTP/1.1 %s\r\nApi-Version: 1.51\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s", status,
          strlen(json), json);
  return send_text(fd, answer);
}

static int send_empty(int fd, const char *headers) {
  char answer[512];
  sprintf(answer, "HTTP/1.1 200 OK\r\nApi-Version: 1.51\r\n%sContent-Length: 0\r\n\r\n", headers);
  return send_text(fd, answer);
}

static int send_blocks(int fd, const char *type, struct text block, long count) {
  if (begin_chunked(fd, type, "")) return -1;
  while (count-- > 0)
    if (send_all(fd, block.bytes, block.length)) return -1;
  return send_text(fd, "0\r\n\r\n");
}

/* A tar of one file: its header, the data, and the two empty blocks of an end. */
static int send_tar(int fd, long mib, const char *headers) {
  char header[512] = "layer.tar";
  sprintf(header + 100, "0000644");
  sprintf(header + 108, "0000000");
  sprintf(header + 116, "0000000");
  uint64_t size = (uint64_t)mib * MIB; /* base 256, which has no limit at 8 GiB */
  header[124] = (char)0x80;
  for (int i = 0; i < 8; i++) header[135 - i] = (char)(size >> (8 * i));
  sprintf(header + 136, "00000000000");
  memset(header + 148, ' ', 8);
  header[156] = '0';
  memcpy(header + 257, "ustar\00000", 8);
  unsigned sum = 0;
  for (int i = 0; i < 512; i++) sum += (unsigned char)header[i];
  sprintf(header + 148, "%06o", sum);
  header[155] = ' ';
  if (begin_chunked(fd, "application/x-tar", headers)) return -1;
  char end[1024] = {0};
  if (send_text(fd, "200\r\n") || send_all(fd, header, 512) || send_text(fd, "\r\n")) return -1;
  while (mib-- > 0)
    if (send_all(fd, tar_block.bytes, tar_block.length)) return -1;
  return send_text(fd, "400\r\n") || send_all(fd, end, 1024) || send_text(fd, "\r\n0\r\n\r\n") ? -1 : 0;
}

/* A connection with what has been read of it and not used. */
struct connection {
  int fd;
  size_t from, to;
  char bytes[256 * 1024];
};

static int fill(struct connection *c) {
  if (c->from == c->to) c->from = c->to = 0;
  if (c->to == sizeof c->bytes) return -1;
  ssize_t got = recv(c->fd, c->bytes + c->to, sizeof c->bytes - c->to, 0);
  if (got <= 0) return -1;
  c->to += got;
  return 0;
}

static int skip(struct connection *c, size_t count) {
  for (;;) {
    size_t have = c->to - c->from;
    if (have >= count) {
      c->from += count;
      return 0;
    }
    count -= have;
    c->from = c->to;
    if (fill(c)) return -1;
  }
}

/* The next line, without its end. */
static int read_line(struct connection *c, char *line, size_t size) {
  size_t length = 0;
  for (;;) {
    if (c->from == c->to && fill(c)) return -1;
    char next = c->bytes[c->from++];
    if (next == '\n') break;
    if (next != '\r' && length < size - 1) line[length++] = next;
  }
  line[length] = 0;
  return 0;
}

static int skip_chunks(struct connection *c, size_t *length) {
  char line[256];
  for (*length = 0;;) {
    if (read_line(c, line, sizeof line)) return -1;
    size_t size = strtoul(line, NULL, 16);
    *length += size;
    if (skip(c, size)) return -1;
    if (read_line(c, line, sizeof line)) return -1;
    if (size == 0) return 0;
  }
}

static long number_after(const char *path, const char *part) {
  const char *at = strstr(path, part);
  return at ? strtol(at + strlen(part), NULL, 10) : 0;
}

/* Upgrades the connection, sends frames, and ends it. */
static int send_output(int fd, long mib) {
  if (send_text(fd, "HTTP/1.1 101 UPGRADED\r\nApi-Version: 1.51\r\nContent-Type: application/vnd.docker.multiplexed-stream\r\n"
                    "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"))
    return -1;
  while (mib-- > 0)
    if (send_all(fd, exec_block.bytes, exec_block.length)) return -1;
  return -1;
}

static int send_list(int fd, const char *path) {
  long limit = number_after(path, "limit=");
  struct text list = limit == 10000 ? large_list : limit == 10001 ? wide_list : small_list;
  return send_all(fd, list.bytes, list.length);
}

/* Returns -1 if the connection is over. */
static int answer(int fd, const char *method, const char *path) {
  char json[128];
  if (strstr(path, "/containers/json")) return send_list(fd, path);
  if (strstr(path, "/get")) return send_tar(fd, number_after(path, "/images/"), "");
  if (strstr(path, "/archive") && !strcmp(method, "GET")) return send_tar(fd, number_after(path, "/containers/"), PATH_STAT);
  if (strstr(path, "/archive")) return send_empty(fd, PATH_STAT);
  if (strstr(path, "/containers/frame/logs"))
    return send_blocks(fd, "application/vnd.docker.multiplexed-stream", big_frame, 1);
  if (strstr(path, "/logs"))
    return send_blocks(fd, "application/vnd.docker.multiplexed-stream", log_block, number_after(path, "/containers/"));
  if (strstr(path, "/events"))
    return send_blocks(fd, "application/json", event_block,
                       (number_after(path, "until=") + EVENTS_PER_BLOCK - 1) / EVENTS_PER_BLOCK);
  if (strstr(path, "/exec/") && strstr(path, "/start")) return send_output(fd, number_after(path, "/exec/"));
  if (strstr(path, "/exec/")) return send_json(fd, "200 OK", "{\"ID\":\"1\",\"Running\":false,\"ExitCode\":0}");
  if (strstr(path, "/exec")) {
    sprintf(json, "{\"Id\":\"%ld\"}", number_after(path, "/containers/"));
    return send_json(fd, "201 Created", json);
  }
  if (strstr(path, "/received")) {
    sprintf(json, "%zu", received);
    return send_json(fd, "200 OK", json);
  }
  if (strstr(path, "/build")) return send_json(fd, "200 OK", "{\"aux\":{\"ID\":\"sha256:0\"}}\n");
  if (strstr(path, "/load")) return send_json(fd, "200 OK", "{\"stream\":\"Loaded image: bench:latest\\n\"}\n");
  return send_empty(fd, "");
}

static void *serve(void *argument) {
  struct connection *c = argument;
  char request[4096], method[16], path[4000], header[4096];
  while (!read_line(c, request, sizeof request)) {
    if (sscanf(request, "%15s %3999s", method, path) != 2) break;
    size_t length = 0;
    int is_chunked = 0, expects = 0;
    for (;;) {
      if (read_line(c, header, sizeof header)) goto over;
      if (!header[0]) break;
      if (!strncasecmp(header, "content-length:", 15)) length = strtoul(header + 15, NULL, 10);
      if (!strncasecmp(header, "transfer-encoding:", 18)) is_chunked = 1;
      if (!strncasecmp(header, "expect:", 7)) expects = 1;
    }
    if (expects && send_text(c->fd, "HTTP/1.1 100 Continue\r\n\r\n")) break;
    if (is_chunked ? skip_chunks(c, &length) : skip(c, length)) break;
    if (length > 0) received = length;
    if (answer(c->fd, method, path)) break;
  }
over:
  close(c->fd);
  free(c);
  return NULL;
}

int main(int count, char **arguments) {
  if (count != 5) return fprintf(stderr, "usage: server SOCKET SMALL_JSON LARGE_JSON WIDE_JSON\n"), 1;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  small_list = with_headers(arguments[2]);
  large_list = with_headers(arguments[3]);
  wide_list = with_headers(arguments[4]);
  prepare();
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, arguments[1], sizeof address.sun_path - 1);
  int listener = socket(AF_UNIX, SOCK_STREAM, 0);
  if (bind(listener, (struct sockaddr *)&address, sizeof address) || listen(listener, 4096)) return perror("listen"), 1;
  puts("ready");
  fflush(stdout);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 256 * 1024);
  for (;;) {
    struct connection *c = malloc(sizeof *c);
    if (!c) return perror("malloc"), 1;
    c->from = c->to = 0;
    c->fd = accept(listener, NULL, NULL);
    if (c->fd < 0) return perror("accept"), 1;
    pthread_t thread;
    if ((errno = pthread_create(&thread, &attributes, serve, c))) return perror("pthread_create"), 1;
  }
}
