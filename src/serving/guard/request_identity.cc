// SPDX-License-Identifier: Apache-2.0
#include "request_identity.h"

#include <algorithm>
#include <random>

namespace valence::serving {
namespace {

constexpr std::size_t kMaxRequestId = 128;

bool IsLowerHex(std::string_view text) {
  const auto hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return std::all_of(text.begin(), text.end(), hex);
}

/// Whether `text` is an id: lower-case hexadecimal, not all zero.
bool IsId(std::string_view text) { return IsLowerHex(text) && text.find_first_not_of('0') != std::string_view::npos; }

bool IsRequestId(std::string_view id) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("-_.:/+=@").find(c) != std::string_view::npos;
  };
  return !id.empty() && id.size() <= kMaxRequestId && std::all_of(id.begin(), id.end(), plain);
}

void WriteHex(std::uint64_t value, char* out) {
  for (int shift = 60; shift >= 0; shift -= 4) *out++ = "0123456789abcdef"[(value >> shift) & 15];
}

/// The value of `name` in "Root=...;Parent=...", or "".
std::string_view Part(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    std::string_view item = list.substr(0, end);
    list.remove_prefix(std::min(end + 1, list.size()));
    while (item.starts_with(' ')) item.remove_prefix(1);
    if (item.starts_with(name) && item.substr(name.size()).starts_with('=')) return item.substr(name.size() + 1);
  }
  return {};
}

}  // namespace

IdSource::IdSource() {
  std::random_device device;
  state_ = (std::uint64_t{device()} << 32) | device();
}

// splitmix64 (Steele, Lea, Flood 2014): every state once, well mixed.
std::uint64_t IdSource::Next() {
  std::uint64_t z = (state_ += 0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

// https://www.w3.org/TR/trace-context-1/: version "ff" and ids of zeros are invalid; a later version is read as "00",
// whatever it has after the flags.
bool RequestIdentity::ReadTraceParent(std::string_view value) {
  constexpr std::size_t kSize = 55;
  if (value.size() < kSize || value[2] != '-' || value[35] != '-' || value[52] != '-') return false;
  const std::string_view version = value.substr(0, 2);
  if (!IsLowerHex(version) || version == "ff") return false;
  if (value.size() > kSize && (version == "00" || value[kSize] != '-')) return false;
  const std::string_view trace = value.substr(3, 32), parent = value.substr(36, 16), flags = value.substr(53, 2);
  if (!IsId(trace) || !IsId(parent) || !IsLowerHex(flags)) return false;
  trace.copy(trace_id_.data(), trace.size());
  parent.copy(parent_id_.data(), parent.size());
  flags.copy(flags_.data(), flags.size());
  has_parent_ = true;
  return true;
}

// "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1": the trace id without its dashes.
bool RequestIdentity::ReadAmazonTrace(std::string_view value) {
  const std::string_view root = Part(value, "Root");
  if (root.size() != 35 || !root.starts_with("1-") || root[10] != '-') return false;
  std::string id(root.substr(2, 8));
  id.append(root.substr(11));
  if (!IsId(id)) return false;
  id.copy(trace_id_.data(), id.size());
  const std::string_view parent = Part(value, "Parent");
  has_parent_ = parent.size() == parent_id_.size() && IsId(parent);
  if (has_parent_) parent.copy(parent_id_.data(), parent.size());
  flags_ = {'0', Part(value, "Sampled") == "1" ? '1' : '0'};
  return true;
}

void RequestIdentity::Read(const net::HttpRequest& request, bool trace, IdSource* ids) {
  if (const std::string_view id = request.header("X-Request-Id"); IsRequestId(id)) {
    request_id_.assign(id);
  } else {
    InventRequestId(ids);
  }
  has_parent_ = false;
  const std::string_view parent = request.header("traceparent");
  from_client_ = !parent.empty() && ReadTraceParent(parent);
  if (parent.empty()) {
    const std::string_view amazon = request.header("X-Amzn-Trace-Id");
    from_client_ = !amazon.empty() && ReadAmazonTrace(amazon);
  }
  traced_ = from_client_ || trace;
  if (!traced_) return;
  WriteHex(ids->Next(), span_id_.data());
  if (!from_client_) InventTrace(ids);
}

void RequestIdentity::Invent(IdSource* ids) {
  InventRequestId(ids);
  InventTrace(ids);
  WriteHex(ids->Next(), span_id_.data());
  traced_ = true;
  from_client_ = has_parent_ = false;
}

void RequestIdentity::InventRequestId(IdSource* ids) {
  request_id_.resize(32);
  WriteHex(ids->Next(), request_id_.data());
  WriteHex(ids->Next(), request_id_.data() + 16);
}

void RequestIdentity::InventTrace(IdSource* ids) {
  WriteHex(ids->Next(), trace_id_.data());
  WriteHex(ids->Next(), trace_id_.data() + 16);
  flags_ = {'0', '0'};
}

void RequestIdentity::AppendHeaders(std::string* headers) const {
  headers->append("X-Request-Id: ").append(request_id_).append("\r\n");
  if (!from_client_) return;
  headers->append("traceparent: 00-").append(trace_id()).append("-").append(span_id()).append("-");
  headers->append(flags_.data(), flags_.size()).append("\r\n");
}

}  // namespace valence::serving
