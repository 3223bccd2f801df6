// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::serving {

/// Numbers that do not repeat, for ids; not for secrets. One thread only.
class IdSource {
 public:
  /// Begins somewhere random.
  IdSource();
  std::uint64_t Next();

 private:
  std::uint64_t state_;
};

/// How a request is called in logs here and elsewhere. Views are valid until the next Read.
class RequestIdentity {
 public:
  /// Takes the client's X-Request-Id if it is 1 to 128 letters, digits or "-_.:/+=@", else makes one of 32 hexadecimal
  /// digits. With `trace`, or if the client sent one, there is a trace too: the client's by W3C traceparent (level 1)
  /// or X-Amzn-Trace-Id, else a new one.
  void Read(const net::HttpRequest& request, bool trace, IdSource* ids);
  /// A new id and a new trace.
  void Invent(IdSource* ids);

  std::string_view request_id() const { return request_id_; }
  bool traced() const { return traced_; }
  std::string_view trace_id() const { return {trace_id_.data(), trace_id_.size()}; }
  /// This request's own part of the trace.
  std::string_view span_id() const { return {span_id_.data(), span_id_.size()}; }
  /// The client's part, or "".
  std::string_view parent_id() const { return {parent_id_.data(), has_parent_ ? parent_id_.size() : 0}; }
  /// Appends "X-Request-Id", and "traceparent" if the client sent a trace.
  void AppendHeaders(std::string* headers) const;

 private:
  bool ReadTraceParent(std::string_view value);
  bool ReadAmazonTrace(std::string_view value);
  void InventRequestId(IdSource* ids);
  void InventTrace(IdSource* ids);

  std::string request_id_;
  std::array<char, 32> trace_id_{};
  std::array<char, 16> parent_id_{};
  std::array<char, 16> span_id_{};
  std::array<char, 2> flags_{};
  bool traced_ = false;
  bool from_client_ = false;
  bool has_parent_ = false;
};

}  // namespace valence::serving
