// SPDX-License-Identifier: Apache-2.0
#include "raw_client.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace valence::net {

RawClient::RawClient(std::uint16_t port) : fd_(socket(AF_INET, SOCK_STREAM, 0)) {
  const timeval limit{10, 0};
  setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  sockaddr generic;
  std::memcpy(&generic, &address, sizeof generic);
  if (connect(fd_, &generic, sizeof generic) != 0) {
    close(fd_);
    fd_ = -1;
  }
}

RawClient::~RawClient() {
  if (fd_ >= 0) close(fd_);
}

bool RawClient::Send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::End() { shutdown(fd_, SHUT_WR); }

void RawClient::Reset() {
  const linger reset{1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  close(std::exchange(fd_, -1));
}

bool RawClient::Fill() {
  std::array<char, 65536> buffer;
  const ssize_t size = recv(fd_, buffer.data(), buffer.size(), 0);
  if (size <= 0) return false;
  received_.append(buffer.data(), static_cast<std::size_t>(size));
  return true;
}

std::string RawClient::ReadAll() {
  while (Fill()) {
  }
  return std::move(received_);
}

std::string RawClient::ReadHead() {
  std::size_t end;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return "";
  }
  std::string head = received_.substr(0, end + 4);
  received_.erase(0, end + 4);
  return head;
}

std::string RawClient::ReadUntil(std::string_view end) {
  std::size_t at;
  while ((at = received_.find(end)) == std::string::npos) {
    if (!Fill()) return "";
  }
  std::string read = received_.substr(0, at + end.size());
  received_.erase(0, read.size());
  return read;
}

std::size_t RawClient::CountUntil(char c, std::string_view end) {
  std::size_t count = 0;
  for (;;) {
    const std::size_t at = received_.find(end);
    const std::size_t safe = at != std::string::npos ? at : received_.size() - std::min(received_.size(), end.size());
    count += static_cast<std::size_t>(std::count(received_.begin(), received_.begin() + std::ptrdiff_t(safe), c));
    received_.erase(0, at != std::string::npos ? at + end.size() : safe);
    if (at != std::string::npos || !Fill()) return count;
  }
}

std::string RawClient::ReadAnswer() {
  std::string answer = ReadHead();
  if (answer.empty()) return "";
  std::size_t length = 0;
  constexpr std::string_view kName = "Content-Length: ";
  if (const std::size_t at = answer.find(kName); at != std::string::npos) {
    std::from_chars(answer.data() + at + kName.size(), answer.data() + answer.size(), length);
  }
  while (received_.size() < length) {
    if (!Fill()) return "";
  }
  answer += received_.substr(0, length);
  received_.erase(0, length);
  return answer;
}

bool RawClient::AtEnd() { return received_.empty() && !Fill(); }

std::string Get(std::string_view path) { return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n\r\n"; }

int StatusOf(std::string_view answer) {
  int status = 0;
  if (answer.size() > 12) std::from_chars(answer.data() + 9, answer.data() + 12, status);
  return status;
}

int CountAnswers(std::string_view bytes) {
  int count = 0;
  constexpr std::string_view kLine = "HTTP/1.1 ";
  for (std::size_t at = bytes.find(kLine); at != std::string_view::npos; at = bytes.find(kLine, at + 1)) ++count;
  return count;
}

}  // namespace valence::net
