// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "valence/net/http_server.h"

namespace valence::net {

/// One request, parsed in place by Beast's basic_parser (its documented extension point) with our limits and without
/// allocating: header fields are kept as offsets, so the caller may move its buffer between calls. A Content-Length
/// body stays where it was received; only a chunked one is gathered.
class RequestParser {
 public:
  enum class State {
    kHeader,  ///< the header block is incomplete
    kHead,    ///< the header block is complete: call BeginBody
    kBody,    ///< the header is complete, the body is not
    kDone,    ///< the request is complete
    kRefused  ///< see status() and reason(); nothing after it on the connection can be trusted
  };
  struct Range {
    std::size_t offset = 0;
    std::size_t size = 0;
  };

  explicit RequestParser(const ServerOptions& options) : options_(&options) { Reset(); }
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;

  /// Forgets the request, to start the next. Views of the old one end here.
  void Reset();

  /// Goes on parsing. `message` is what was received since the request's first byte, without what ErasableBytes() let
  /// the caller drop; it may lie elsewhere than at the last call.
  State Advance(std::string_view message);
  /// After kHead: goes on to the body, which may be `max_body_bytes` long (413 above).
  State BeginBody(std::string_view message, std::size_t max_body_bytes);

  /// After kDone: bytes of `message` that belong to this request; the next one starts after them. Before the first
  /// Advance: 0.
  std::size_t size() const { return consumed_; }

  /// After kBody: bytes of `message` that chunked decoding no longer needs. The caller removes them, then calls Erased.
  Range ErasableBytes() const { return {header_size_, consumed_ - header_size_}; }
  void Erased() { consumed_ = header_size_; }
  /// For a body that is worked on as it arrives: forgets what Body() shows. Returns the bytes of `message` that held
  /// it, for the caller to remove before the next call of anything.
  Range TakeBody(std::string_view message);

  /// Whether the last state was kDone.
  bool complete() const { return complete_; }
  /// Whether a Content-Length says how much of the body is missing.
  bool has_length() const { return seen_length_; }
  /// How long the request will be by its Content-Length; no more than the header while it has none.
  std::size_t announced_size() const { return header_size_ + body_size_; }

  int status() const { return status_; }
  std::string_view reason() const { return reason_; }
  bool keep_alive() const { return beast_->keep_alive(); }
  bool http_1_0() const { return version_ == 10; }
  bool expects_continue() const { return expects_continue_; }

  /// Parts of the request, as views into `message` (a chunked body: into this object). Body: what has arrived of it.
  std::string_view Method(std::string_view message) const { return View(message, method_); }
  std::string_view Target(std::string_view message) const { return View(message, target_); }
  std::string_view Body(std::string_view message) const;
  /// The first header called `name` (without case), or "".
  std::string_view Header(std::string_view message, std::string_view name) const;

 private:
  struct Span {
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
  };
  struct Field {
    Span name;
    Span value;
  };
  static constexpr std::size_t kMaxFields = 100;
  static constexpr std::size_t kMaxChunkOverhead = 16u << 10;

  /// Beast's callbacks, handed on to the owner.
  class Beast final : public boost::beast::http::basic_parser<true> {
   public:
    explicit Beast(RequestParser* owner) : owner_(owner) {}

   private:
    using ErrorCode = boost::beast::error_code;
    using Text = boost::beast::string_view;
    void on_request_impl(boost::beast::http::verb, Text method, Text target, int version, ErrorCode&) override;
    void on_response_impl(int, Text, int, ErrorCode&) override {}
    void on_field_impl(boost::beast::http::field, Text name, Text value, ErrorCode&) override;
    void on_header_impl(ErrorCode&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, ErrorCode&) override {}
    std::size_t on_body_impl(Text body, ErrorCode&) override { return body.size(); }
    void on_chunk_header_impl(std::uint64_t size, Text, ErrorCode&) override;
    std::size_t on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) override;
    void on_finish_impl(ErrorCode&) override {}

    RequestParser* owner_;
  };

  static std::string_view View(std::string_view message, Span span) { return message.substr(span.offset, span.size); }
  Span SpanOf(std::string_view part) const;
  bool IsFolded(std::string_view name, std::string_view value) const;
  State Refuse(int status, std::string_view reason);
  State ParseHeader(std::string_view message);
  State HeaderIncomplete(std::string_view message);
  State ParseBody(std::string_view message);
  State ParseChunks(std::string_view message);
  /// Feeds Beast the unconsumed rest of `message`.
  boost::beast::error_code Put(std::string_view message);
  void AddField(boost::beast::http::field id, std::string_view name, std::string_view value);

  const ServerOptions* options_;
  std::optional<Beast> beast_;
  std::string_view message_;  // during Advance
  std::array<Field, kMaxFields> fields_;
  std::size_t field_count_ = 0;
  Span method_;
  Span target_;
  std::size_t consumed_ = 0;
  std::size_t header_size_ = 0;
  std::size_t body_size_ = 0;  // by Content-Length, less what was taken
  std::size_t max_body_ = 0;
  std::size_t chunked_size_ = 0;  // announced so far
  std::string chunked_body_;
  std::string_view reason_;
  int status_ = 0;
  int version_ = 11;
  bool expects_continue_ = false;
  bool seen_host_ = false;
  bool seen_length_ = false;
  bool complete_ = false;
};

}  // namespace valence::net
