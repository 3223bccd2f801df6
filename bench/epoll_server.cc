// SPDX-License-Identifier: Apache-2.0
// The floor that `valence serve` is measured against: one thread, level-triggered epoll, no more HTTP than it takes to
// find where a request ends, and always the same answer. Usage: epoll_server PORT
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>
#include <unordered_map>

namespace {

// As long as an answer of `valence serve` to one text.
const std::string& Answer() {
  static const std::string answer = [] {
    const std::string body =
        R"({"label":"positive","probabilities":{"negative":0.0123456789012345,"positive":0.9876543210987655},)"
        R"("score":4.382026634673881,"tokens":230,"known_tokens":210,"model_version":"sha256:0123456789ab"})"
        "\n";
    return "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Type: application/json\r\n"
           "Content-Length: " +
           std::to_string(body.size()) + "\r\n\r\n" + body;
  }();
  return answer;
}

/// Bytes of the first whole request in `received`, or 0.
std::size_t RequestSize(std::string_view received) {
  const std::size_t header = received.find("\r\n\r\n");
  if (header == std::string_view::npos) return 0;
  constexpr std::string_view kName = "\r\nContent-Length: ";
  std::size_t body = 0;
  if (const std::size_t at = received.substr(0, header).find(kName); at != std::string_view::npos) {
    std::from_chars(received.data() + at + kName.size(), received.data() + header, body);
  }
  const std::size_t size = header + 4 + body;
  return size <= received.size() ? size : 0;
}

int Listen(std::uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic;
  std::memcpy(&generic, &address, sizeof generic);
  if (bind(fd, &generic, sizeof generic) != 0 || listen(fd, SOMAXCONN) != 0) {
    std::perror("epoll_server");
    std::exit(1);
  }
  return fd;
}

void Watch(int epoll, int fd) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event);
}

void AcceptAll(int epoll, int listener) {
  for (int fd; (fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK)) >= 0;) {
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    Watch(epoll, fd);
  }
}

/// Reads once and answers each whole request. False if the client has gone.
bool Serve(int fd, std::string* pending) {
  std::array<char, 16384> buffer;
  const ssize_t size = recv(fd, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  std::string_view received(buffer.data(), static_cast<std::size_t>(size));
  if (!pending->empty()) received = pending->append(received);
  std::size_t used = 0;
  while (const std::size_t request = RequestSize(received.substr(used))) {
    if (send(fd, Answer().data(), Answer().size(), MSG_NOSIGNAL) < 0) return false;
    used += request;
  }
  *pending = std::string(received.substr(used));
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: epoll_server PORT\n", stderr);
    return 2;
  }
  const int listener = Listen(static_cast<std::uint16_t>(std::atoi(argv[1])));
  const int epoll = epoll_create1(0);
  Watch(epoll, listener);
  std::unordered_map<int, std::string> pending;
  std::array<epoll_event, 64> events;
  for (;;) {
    const int count = epoll_wait(epoll, events.data(), static_cast<int>(events.size()), -1);
    for (int i = 0; i < count; ++i) {
      const int fd = events[static_cast<std::size_t>(i)].data.fd;
      if (fd == listener) {
        AcceptAll(epoll, listener);
      } else if (!Serve(fd, &pending[fd])) {
        close(fd);
        pending.erase(fd);
      }
    }
  }
}
