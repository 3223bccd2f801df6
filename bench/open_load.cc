// SPDX-License-Identifier: Apache-2.0
// Load for `valence serve`, for the benchmarks and for tests/e2e: one thread, epoll, keep-alive connections with one
// request each. An open loop sends at a constant rate whatever comes back; a closed one (rate 0) as fast as answers
// come. Latency runs from when a request was due, so that a slow server does not hide how long its clients wait; what
// is due while every connection is busy is not sent, and counted. A probe asks /livez ten times a second, on a
// connection of its own.
//
// usage: open_load PORT PATH BODIES CONNECTIONS RATE SECONDS
//   BODIES: a file with one JSON body a line, sent in turn. Prints one JSON object.
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::duration;
using std::chrono::milliseconds;

constexpr double kGoodMs = 100;        // an answer that comes later is no good one
constexpr milliseconds kDrain{10000};  // for answers under way at the end
constexpr milliseconds kProbePause{100};
constexpr Clock::duration kNoWait{0};
constexpr Clock::duration kPause = milliseconds(1);

[[noreturn]] void Die(std::string_view what) {
  fmt::print(stderr, "open_load: {}: {}\n", what, std::strerror(errno));
  std::exit(1);
}

double Milliseconds(Clock::duration time) { return duration<double, std::milli>(time).count(); }

/// What came back.
struct Tally {
  std::vector<double> ok_ms;
  std::vector<double> refused_ms;
  std::vector<double> probe_ms;
  std::size_t other = 0;   // statuses but 200, 429 and 503
  std::size_t errors = 0;  // requests whose connection broke; an idle one may be closed
  std::size_t unsent = 0;
  std::size_t without_retry_after = 0;
};

struct Connection {
  int fd = -1;
  std::string_view request;  // that is under way; "" if none is
  std::size_t sent = 0;
  std::string received;
  Clock::time_point due;
  bool is_probe = false;
};

int Connect(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic;
  std::memcpy(&generic, &address, sizeof generic);
  if (fd < 0 || connect(fd, &generic, sizeof generic) != 0) Die("connect");
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
  return fd;
}

std::vector<std::string> ReadRequests(const std::string& path, const char* file) {
  std::ifstream in(file);
  std::vector<std::string> requests;
  for (std::string body; std::getline(in, body);) {
    requests.push_back(
        fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{}",
                    path, body.size(), body));
  }
  if (requests.empty()) Die(file);
  return requests;
}

/// Status of the first answer in `received` and its size, or size 0 while it is incomplete.
struct Answer {
  int status = 0;
  std::size_t size = 0;
  bool retry_after = false;
};
Answer FindAnswer(std::string_view received) {
  const std::size_t end = received.find("\r\n\r\n");
  if (end == std::string_view::npos) return {};
  const std::string_view head = received.substr(0, end + 2);
  constexpr std::string_view kLength = "\r\nContent-Length: ";
  Answer answer;
  std::size_t length = 0;
  if (const std::size_t at = head.find(kLength); at != std::string_view::npos) {
    std::from_chars(head.data() + at + kLength.size(), head.data() + head.size(), length);
  }
  if (received.size() < end + 4 + length) return {};
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  answer.size = end + 4 + length;
  answer.retry_after = head.find("\r\nRetry-After: ") != std::string_view::npos;
  return answer;
}

class Load {
 public:
  Load(std::uint16_t port, std::vector<std::string> requests, std::size_t connections)
      : requests_(std::move(requests)), connections_(connections + 1), epoll_(epoll_create1(0)) {
    for (Connection& each : connections_) {
      each.fd = Connect(port);
      Watch(EPOLL_CTL_ADD, each, EPOLLIN);
      if (&each != &connections_.front()) idle_.push_back(&each);
    }
    connections_.front().is_probe = true;
  }
  ~Load() {
    for (const Connection& each : connections_) close(each.fd);
    close(epoll_);
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  /// Runs for so long; returns how long it was until the last request was due. `rate` 0: closed loop.
  double Run(double rate, duration<double> time) {
    const auto start = Clock::now();
    auto now = start;
    for (; now - start < time; now = Clock::now()) {
      if (rate > 0) {
        SendDue(rate, start, now);
      } else {
        while (!idle_.empty()) Send(idle_.back(), now), idle_.pop_back();
      }
      Probe(now);
      Collect(rate > 0 ? std::clamp<Clock::duration>(DueAt(rate, start) - now, kNoWait, kPause) : kPause);
    }
    const double elapsed = duration<double>(now - start).count();
    while (under_way_ > 0 && Clock::now() < now + kDrain) Collect(milliseconds(100));
    return elapsed;
  }

  const Tally& tally() const { return tally_; }
  std::size_t unanswered() const { return under_way_; }

 private:
  void Watch(int operation, Connection& connection, std::uint32_t events) const {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &connection;
    epoll_ctl(epoll_, operation, connection.fd, &event);
  }

  Clock::time_point DueAt(double rate, Clock::time_point start) const {
    return start + std::chrono::duration_cast<Clock::duration>(duration<double>(static_cast<double>(due_) / rate));
  }

  void SendDue(double rate, Clock::time_point start, Clock::time_point now) {
    for (;; ++due_) {
      const auto due = DueAt(rate, start);
      if (due > now) return;
      if (idle_.empty()) {
        ++tally_.unsent;
        continue;
      }
      Send(idle_.back(), due);
      idle_.pop_back();
    }
  }

  void Probe(Clock::time_point now) {
    static constexpr std::string_view kProbe = "GET /livez HTTP/1.1\r\nHost: x\r\n\r\n";
    Connection& probe = connections_.front();
    if (probe.fd < 0 || !probe.request.empty() || now < next_probe_) return;
    next_probe_ = now + kProbePause;
    Begin(&probe, kProbe, now);
  }

  void Send(Connection* connection, Clock::time_point due) {
    Begin(connection, requests_[next_], due);
    next_ = (next_ + 1) % requests_.size();
  }

  void Begin(Connection* connection, std::string_view request, Clock::time_point due) {
    connection->request = request;
    connection->sent = 0;
    connection->due = due;
    ++under_way_;
    Flush(connection);
    if (connection->sent < request.size()) Watch(EPOLL_CTL_MOD, *connection, EPOLLIN | EPOLLOUT);
  }

  static void Flush(Connection* connection) {
    while (connection->sent < connection->request.size()) {
      const std::string_view rest = connection->request.substr(connection->sent);
      const ssize_t size = send(connection->fd, rest.data(), rest.size(), MSG_NOSIGNAL);
      if (size <= 0) return;
      connection->sent += static_cast<std::size_t>(size);
    }
  }

  // epoll_wait counts in milliseconds, in which dozens of requests may come due: their burst would be the server's
  // delay.
  void Collect(Clock::duration wait) {
    std::array<epoll_event, 256> events;
    const timespec time{.tv_sec = 0, .tv_nsec = std::chrono::nanoseconds(wait).count()};
    const int count = epoll_pwait2(epoll_, events.data(), static_cast<int>(events.size()), &time, nullptr);
    for (int i = 0; i < count; ++i) {
      const epoll_event& event = events[static_cast<std::size_t>(i)];
      auto* const connection = static_cast<Connection*>(event.data.ptr);
      if ((event.events & EPOLLOUT) != 0) {
        Flush(connection);
        if (connection->sent == connection->request.size()) Watch(EPOLL_CTL_MOD, *connection, EPOLLIN);
      }
      if ((event.events & ~std::uint32_t{EPOLLOUT}) != 0) Receive(connection);
    }
  }

  void Receive(Connection* connection) {
    std::array<char, 65536> buffer;
    const ssize_t size = recv(connection->fd, buffer.data(), buffer.size(), 0);
    if (size <= 0) return Lose(connection);
    connection->received.append(buffer.data(), static_cast<std::size_t>(size));
    const Answer answer = FindAnswer(connection->received);
    if (answer.size == 0) return;
    connection->received.erase(0, answer.size);
    connection->request = {};
    --under_way_;
    Note(answer, Milliseconds(Clock::now() - connection->due), connection->is_probe);
    if (!connection->is_probe) idle_.push_back(connection);
  }

  void Note(const Answer& answer, double ms, bool is_probe) {
    if (is_probe && answer.status == 200) {
      tally_.probe_ms.push_back(ms);
    } else if (answer.status == 200) {
      tally_.ok_ms.push_back(ms);
    } else if (!is_probe && (answer.status == 503 || answer.status == 429)) {
      tally_.refused_ms.push_back(ms);
      if (!answer.retry_after) ++tally_.without_retry_after;
    } else {
      ++tally_.other;
    }
  }

  void Lose(Connection* connection) {
    if (!connection->request.empty()) {
      ++tally_.errors;
      --under_way_;
    }
    std::erase(idle_, connection);
    close(connection->fd);
    connection->fd = -1;
  }

  std::vector<std::string> requests_;
  std::vector<Connection> connections_;  // the first is the probe's
  std::vector<Connection*> idle_;
  int epoll_;
  std::size_t next_ = 0;
  std::size_t due_ = 0;
  std::size_t under_way_ = 0;
  Clock::time_point next_probe_;
  Tally tally_;
};

/// `{"count":..,"p50":..,"p99":..,"max":..}`
std::string Quantiles(std::vector<double> values) {
  if (values.empty()) return R"({"count":0})";
  std::sort(values.begin(), values.end());
  const auto at = [&values](double q) {
    return values[static_cast<std::size_t>(std::ceil(q * static_cast<double>(values.size()))) - 1];
  };
  return fmt::format(R"({{"count":{},"p50":{:.3f},"p99":{:.3f},"max":{:.3f}}})", values.size(), at(0.5), at(0.99),
                     values.back());
}

void Print(const Load& load, double seconds) {
  const Tally& t = load.tally();
  const auto good = std::count_if(t.ok_ms.begin(), t.ok_ms.end(), [](double ms) { return ms <= kGoodMs; });
  fmt::print(R"({{"seconds":{:.3f},"ok_per_second":{:.1f},"good_per_second":{:.1f},"offered_per_second":{:.1f},)",
             seconds, static_cast<double>(t.ok_ms.size()) / seconds, static_cast<double>(good) / seconds,
             static_cast<double>(t.ok_ms.size() + t.refused_ms.size() + t.unsent) / seconds);
  fmt::print(R"("ok_ms":{},"refused_ms":{},"probe_ms":{},)", Quantiles(t.ok_ms), Quantiles(t.refused_ms),
             Quantiles(t.probe_ms));
  fmt::print(R"("unsent":{},"other":{},"errors":{},"unanswered":{},"without_retry_after":{}}})", t.unsent, t.other,
             t.errors, load.unanswered(), t.without_retry_after);
  fmt::print("\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    fmt::print(stderr, "usage: open_load PORT PATH BODIES CONNECTIONS RATE SECONDS\n");
    return 2;
  }
  const auto port = static_cast<std::uint16_t>(std::atoi(argv[1]));
  Load load(port, ReadRequests(argv[2], argv[3]), static_cast<std::size_t>(std::atoi(argv[4])));
  Print(load, load.Run(std::atof(argv[5]), duration<double>(std::atof(argv[6]))));
  return 0;
}
