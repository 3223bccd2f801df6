// SPDX-License-Identifier: Apache-2.0
#include "support/test_server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace valence {

TestServer::TestServer(Script script) : script_(std::move(script)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* any = reinterpret_cast<sockaddr*>(&address);
  if (::bind(listener_, any, size) != 0 || ::listen(listener_, 16) != 0 || ::getsockname(listener_, any, &size) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

TestServer::~TestServer() {
  ::shutdown(listener_, SHUT_RDWR);  // wakes accept
  thread_.join();
  for (const int socket : sockets_) ::shutdown(socket, SHUT_RDWR);  // wakes recv
  for (std::thread& conversation : conversations_) conversation.join();
  for (const int socket : sockets_) ::close(socket);
  ::close(listener_);
}

std::string TestServer::Url(const std::string& path) const { return fmt::format("http://127.0.0.1:{}{}", port_, path); }

std::vector<std::string> TestServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

int TestServer::connections() const {
  const std::lock_guard lock(mutex_);
  return static_cast<int>(sockets_.size());
}

void TestServer::Serve() {
  for (;;) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(connection);
    conversations_.emplace_back([this, connection] {
      Converse(connection);
      ::shutdown(connection, SHUT_RDWR);
    });
  }
}

namespace {

/// The length that a request's head announces for its body.
std::size_t BodyLength(const std::string& head) {
  const std::size_t at = head.find("\r\nContent-Length: ");
  return at == std::string::npos ? 0 : std::stoul(head.substr(at + 18));
}

/// Takes one request off the connection; "" at its end. `*unread` holds what came after it.
std::string ReadRequest(int connection, std::string* unread) {
  char block[4096];
  for (;;) {
    if (const std::size_t end = unread->find("\r\n\r\n"); end != std::string::npos) {
      const std::size_t size = end + 4 + BodyLength(unread->substr(0, end + 2));
      if (unread->size() >= size) {
        std::string request = unread->substr(0, size);
        unread->erase(0, size);
        return request;
      }
    }
    const ssize_t got = ::recv(connection, block, sizeof block, 0);
    if (got <= 0) return "";
    unread->append(block, static_cast<std::size_t>(got));
  }
}

bool SendAll(int connection, const std::string& bytes) {
  for (std::size_t sent = 0; sent < bytes.size();) {
    const ssize_t n = ::send(connection, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) return false;
    sent += static_cast<std::size_t>(n);
  }
  return true;
}

}  // namespace

Reply TestServer::Answer(const std::string& request) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(request);
  return script_(static_cast<int>(requests_.size()) - 1, request);
}

void TestServer::Converse(int connection) {
  std::string unread;
  for (;;) {
    const std::string request = ReadRequest(connection, &unread);
    if (request.empty()) return;
    const Reply reply = Answer(request);
    if (!SendAll(connection, reply.bytes)) return;
    char block[4096];
    while (reply.hang && ::recv(connection, block, sizeof block, 0) > 0) {
    }
    if (!reply.keep) return;
  }
}

std::string MakeReply(const std::string& status, const std::string& body, const std::string& headers) {
  return fmt::format("HTTP/1.1 {}\r\nConnection: close\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers,
                     body);
}

Reply MakeKeptReply(const std::string& status, const std::string& body, const std::string& headers) {
  return {fmt::format("HTTP/1.1 {}\r\nContent-Length: {}\r\n{}\r\n{}", status, body.size(), headers, body), false,
          true};
}

}  // namespace valence
