/*
 * Sends prepared RTP packets on schedule and checks what comes back.
 *
 *   rtp-load PLAN PACKETS SAMPLES
 *
 * PLAN is text: "STREAMS COUNT PERIOD_US", then a line a stream:
 *   LOCAL_ADDRESS LOCAL_PORT REMOTE_ADDRESS REMOTE_PORT HEARS CLEAR BYTES
 * HEARS is the stream whose packets come to this one's port, CLEAR is 1 when they come unprotected.
 * PACKETS holds COUNT packets of BYTES octets for each stream, in order.
 * SAMPLES is written: of what came protected one packet in 50, each after its stream, number and length (uint32).
 *
 * Latency is the kernel's time stamp of the arrival minus the time just before the packet was sent: that this program
 * wakes up late is not in it. A packet is matched to the sent one by its sequence number, which differs by a constant.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { HEADER = 12, PAYLOAD = 160, MOST_OCTETS = 2048, SAMPLE_EVERY = 50, NEVER = -1 };
static const int64_t MS = 1000000, QUIET_MS = 1000, LATE_MS = 5;

typedef struct {
  int fd, hears, clear, bytes, last;
  struct sockaddr_in to;
  uint8_t *packets;   /* count times bytes */
  int64_t *sent_ns;   /* when each was sent, 0 before */
  uint8_t *came;      /* whether each of the heard stream came */
  int32_t seq_offset; /* of what comes to what was sent, NEVER before the first */
} Stream;

static Stream *streams;
static int stream_count, packet_count;
static int64_t period_ns;
static int32_t *latencies; /* in units of 100 ns */
static FILE *samples;
static uint64_t sent, received, wrong, reordered, duplicated, late, reports, checks;

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t.tv_sec * 1000 * MS + t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in address_of(const char *text, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  if (!inet_aton(text, &address.sin_addr)) fail(text);
  return address;
}

static void open_stream(Stream *s, struct sockaddr_in local) {
  int on = 1, octets = 1 << 20;
  s->fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  setsockopt(s->fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  setsockopt(s->fd, SOL_SOCKET, SO_RCVBUF, &octets, sizeof octets);
  if (bind(s->fd, (void *)&local, sizeof local)) fail("bind");
}

static void read_plan(const char *plan_file, const char *packets_file) {
  FILE *plan = fopen(plan_file, "r"), *packets = fopen(packets_file, "r");
  int period_us;
  if (!plan || !packets || fscanf(plan, "%d %d %d", &stream_count, &packet_count, &period_us) != 3) fail("plan");
  period_ns = period_us * 1000LL;
  streams = calloc(stream_count, sizeof(Stream));
  for (Stream *s = streams; s < streams + stream_count; s++) {
    char local[64], remote[64];
    int local_port, remote_port;
    if (fscanf(plan, "%63s %d %63s %d %d %d %d", local, &local_port, remote, &remote_port, &s->hears, &s->clear,
               &s->bytes) != 7) fail("plan");
    open_stream(s, address_of(local, local_port));
    s->to = address_of(remote, remote_port);
    s->packets = malloc((size_t)packet_count * s->bytes);
    s->sent_ns = calloc(packet_count, sizeof(int64_t));
    s->came = calloc(packet_count, 1);
    s->seq_offset = s->last = NEVER;
    if (fread(s->packets, s->bytes, packet_count, packets) != (size_t)packet_count) fail("packets");
  }
  fclose(plan);
  fclose(packets);
}

static int seq_of(const uint8_t *packet) { return packet[2] << 8 | packet[3]; }

/* The payload says which packet of which stream it is, then counts on from there. Made alike in streams.ts. */
static int is_payload(const uint8_t *payload, uint32_t stream, uint32_t number) {
  uint32_t says[2] = {htonl(stream), htonl(number)};
  if (memcmp(payload, says, 8)) return 0;
  for (int at = 8; at < PAYLOAD; at++)
    if (payload[at] != (uint8_t)(stream + number + at)) return 0;
  return 1;
}

static void send_next(int index, int number, int64_t due_ns) {
  Stream *s = &streams[index];
  int64_t now = now_ns();
  if (now - due_ns > LATE_MS * MS) late++;
  s->sent_ns[number] = now;
  if (sendto(s->fd, s->packets + (size_t)number * s->bytes, s->bytes, 0, (void *)&s->to, sizeof s->to) == s->bytes)
    sent++;
}

static void keep_sample(int stream, int number, const uint8_t *packet, int length) {
  uint32_t head[3] = {htonl(stream), htonl(number), htonl(length)};
  fwrite(head, sizeof head, 1, samples);
  fwrite(packet, length, 1, samples);
}

static void take_media(Stream *s, const uint8_t *packet, int length, int64_t arrived_ns) {
  Stream *from = &streams[s->hears];
  if (s->seq_offset == NEVER) s->seq_offset = (seq_of(packet) - seq_of(from->packets)) & 0xffff;
  int number = (seq_of(packet) - seq_of(from->packets) - s->seq_offset) & 0xffff;
  int is_known = number < packet_count && from->sent_ns[number] != 0;
  int is_right = s->clear ? length == HEADER + PAYLOAD && is_payload(packet + HEADER, s->hears, number)
                          : length > HEADER + PAYLOAD;
  if (!is_known || !is_right) {
    wrong++;
    return;
  }
  if (s->came[number]) {
    duplicated++;
    return;
  }
  s->came[number] = 1;
  if (number < s->last) reordered++;
  s->last = number;
  latencies[received++] = (arrived_ns - from->sent_ns[number]) / 100;
  if (!s->clear && number % SAMPLE_EVERY == 0) keep_sample(s->hears, number, packet, length);
}

/* RFC 5761 section 4 and RFC 7983: reports and ICE's checks share the port with a browser's media. */
static void take(Stream *s, const uint8_t *bytes, int length, int64_t arrived_ns) {
  if (length >= 2 && bytes[0] < 4) checks++;
  else if (length >= 2 && bytes[0] >> 6 == 2 && bytes[1] >= 192 && bytes[1] < 224) reports++;
  else if (length > HEADER && bytes[0] >> 6 == 2) take_media(s, bytes, length, arrived_ns);
  else wrong++;
}

static int64_t arrival_of(struct msghdr *message) {
  for (struct cmsghdr *h = CMSG_FIRSTHDR(message); h; h = CMSG_NXTHDR(message, h))
    if (h->cmsg_level == SOL_SOCKET && h->cmsg_type == SCM_TIMESTAMPNS) {
      struct timespec t;
      memcpy(&t, CMSG_DATA(h), sizeof t);
      return t.tv_sec * 1000 * MS + t.tv_nsec;
    }
  return now_ns();
}

static void receive_all(Stream *s) {
  uint8_t bytes[MOST_OCTETS];
  char control[128];
  for (;;) {
    struct iovec part = {bytes, sizeof bytes};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(s->fd, &message, 0);
    if (length < 0) return;
    take(s, bytes, length, arrival_of(&message));
  }
}

static void wait_until(int epoll, int64_t until_ns) {
  struct epoll_event events[256];
  int64_t left = until_ns - now_ns();
  struct timespec timeout = {left > 0 ? left / (1000 * MS) : 0, left > 0 ? left % (1000 * MS) : 0};
  int ready = epoll_pwait2(epoll, events, 256, &timeout, NULL);
  for (int i = 0; i < ready; i++) receive_all(&streams[events[i].data.u32]);
}

/* Within a period the streams send one after the other, evenly spread. */
static void run(void) {
  int epoll = epoll_create1(0);
  for (int i = 0; i < stream_count; i++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = i};
    epoll_ctl(epoll, EPOLL_CTL_ADD, streams[i].fd, &event);
  }
  int64_t start = now_ns() + 50 * MS, steps = (int64_t)packet_count * stream_count;
  for (int64_t step = 0; step < steps; step++) {
    int64_t due = start + step * period_ns / stream_count;
    while (now_ns() < due) wait_until(epoll, due);
    send_next(step % stream_count, step / stream_count, due);
  }
  /* What is on its way may take long where others compute: the end is when no media came for a while. */
  uint64_t seen = 0;
  for (int64_t end = now_ns() + QUIET_MS * MS; seen != received || now_ns() < end; wait_until(epoll, end)) {
    if (seen != received) end = now_ns() + QUIET_MS * MS;
    seen = received;
  }
}

static int ascending(const void *a, const void *b) {
  int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
  return (x > y) - (x < y);
}

static double latency_us(double share) {
  return received ? latencies[(size_t)((received - 1) * share)] / 10.0 : 0;
}

int main(int count, char **words) {
  if (count != 4) return 2;
  read_plan(words[1], words[2]);
  latencies = malloc((size_t)packet_count * stream_count * sizeof(int32_t));
  samples = fopen(words[3], "w");
  if (!samples) fail(words[3]);
  setvbuf(samples, NULL, _IOFBF, 1 << 22);
  run();
  fclose(samples);
  qsort(latencies, received, sizeof(int32_t), ascending);
  printf("{\"sent\":%lu,\"received\":%lu,\"wrong\":%lu,\"reordered\":%lu,\"duplicated\":%lu,\"late\":%lu,\"reports\":%lu,"
         "\"checks\":%lu,\"latencyUs\":{\"p50\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}}\n",
         sent, received, wrong, reordered, duplicated, late, reports, checks, latency_us(.5), latency_us(.99),
         latency_us(.999), latency_us(1));
}
