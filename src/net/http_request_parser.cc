// SPDX-License-Identifier: Apache-2.0
#include "http_request_parser.h"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <limits>

namespace valence::net {
namespace http = boost::beast::http;
namespace {

constexpr std::size_t kKeptBodyCapacity = 64u << 10;

std::string_view ToStd(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Whether a line ends in LF alone: some servers take that for a line end and some do not, so nobody may.
bool HasBareLineFeed(std::string_view text) {
  for (std::size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    if (at == 0 || text[at - 1] != '\r') return true;
  }
  return false;
}

}  // namespace

void RequestParser::Reset() {
  beast_.emplace(this);
  beast_->header_limit(std::numeric_limits<std::uint32_t>::max());  // both limits are checked here, with our statuses
  beast_->body_limit(boost::none);
  field_count_ = consumed_ = header_size_ = body_size_ = max_body_ = chunked_size_ = 0;
  method_ = target_ = Span{};
  chunked_body_.clear();
  if (chunked_body_.capacity() > kKeptBodyCapacity) chunked_body_.shrink_to_fit();
  reason_ = {};
  status_ = 0;
  version_ = 11;
  expects_continue_ = seen_host_ = seen_length_ = complete_ = false;
}

RequestParser::State RequestParser::Advance(std::string_view message) {
  message_ = message;
  if (header_size_ != 0) return ParseBody(message);
  return ParseHeader(message);
}

RequestParser::State RequestParser::Refuse(int status, std::string_view reason) {
  if (status_ == 0) {
    status_ = status;
    reason_ = reason;
  }
  return State::kRefused;
}

boost::beast::error_code RequestParser::Put(std::string_view message) {
  boost::beast::error_code error;
  consumed_ += beast_->put(boost::asio::const_buffer(message.data() + consumed_, message.size() - consumed_), error);
  return error;
}

RequestParser::State RequestParser::ParseHeader(std::string_view message) {
  const auto error = Put(message);
  if (error == http::error::need_more) return HeaderIncomplete(message);
  if (error && target_.size == 0) return Refuse(400, "malformed request line");
  if (error) return Refuse(400, "malformed header");
  if (consumed_ > options_->max_header_bytes) return Refuse(431, "request header too large");
  header_size_ = consumed_;
  if (status_ != 0) return State::kRefused;
  if (version_ == 11 && !seen_host_) return Refuse(400, "missing Host header");
  return State::kHead;
}

RequestParser::State RequestParser::BeginBody(std::string_view message, std::size_t max_body_bytes) {
  message_ = message;
  max_body_ = max_body_bytes;
  const auto length = beast_->content_length();
  if (length && *length > max_body_) return Refuse(413, "request body too large");
  body_size_ = length ? static_cast<std::size_t>(*length) : 0;
  return ParseBody(message);
}

RequestParser::State RequestParser::HeaderIncomplete(std::string_view message) {
  if (status_ != 0) return State::kRefused;
  if (message.size() >= options_->max_header_bytes) {
    return target_.size == 0 ? Refuse(414, "request target too long") : Refuse(431, "request header too large");
  }
  if (HasBareLineFeed(message)) return Refuse(400, "malformed header: a line does not end in CR LF");
  return State::kHeader;
}

RequestParser::State RequestParser::ParseBody(std::string_view message) {
  if (beast_->chunked()) return ParseChunks(message);
  if (message.size() - header_size_ < body_size_) return State::kBody;
  consumed_ = header_size_ + body_size_;
  complete_ = true;
  return State::kDone;
}

RequestParser::State RequestParser::ParseChunks(std::string_view message) {
  while (!beast_->is_done()) {
    const auto error = Put(message);
    if (error == http::error::need_more) {
      if (message.size() - consumed_ > kMaxChunkOverhead) return Refuse(431, "chunk header or trailer too large");
      return State::kBody;
    }
    if (error) return Refuse(400, "malformed chunked body");
    if (!beast_->is_done() && consumed_ == message.size()) return State::kBody;
  }
  complete_ = true;
  return State::kDone;
}

/// Whether a value went on over a line end (obs-fold), which RFC 9112 5.2 lets a server refuse. Beast unfolds it into
/// memory of its own, unless all of the value is on the second line.
bool RequestParser::IsFolded(std::string_view name, std::string_view value) const {
  const char* const name_end = name.data() + name.size();
  const char* const message_end = message_.data() + message_.size();
  if (value.data() < name_end || value.data() > message_end) return true;
  return std::find(name_end, value.data(), '\n') != value.data();
}

RequestParser::Span RequestParser::SpanOf(std::string_view part) const {
  if (part.empty()) return {};
  return {static_cast<std::uint32_t>(part.data() - message_.data()), static_cast<std::uint32_t>(part.size())};
}

void RequestParser::AddField(http::field id, std::string_view name, std::string_view value) {
  if (header_size_ != 0) return;  // a trailer: nothing here reads them
  if (field_count_ == kMaxFields) {
    Refuse(431, "more than 100 header fields");
    return;
  }
  if (!value.empty() && IsFolded(name, value)) {
    Refuse(400, "folded header line");
    return;
  }
  fields_[field_count_++] = {SpanOf(name), SpanOf(value)};
  switch (id) {
    case http::field::host:
      if (seen_host_) Refuse(400, "repeated Host header");
      seen_host_ = true;
      break;
    case http::field::content_length:
      if (seen_length_) Refuse(400, "repeated Content-Length");
      if (!IsDigits(value)) Refuse(400, "malformed Content-Length");
      seen_length_ = true;
      break;
    case http::field::transfer_encoding:
      if (version_ == 10 || !EqualsIgnoringCase(value, "chunked")) Refuse(400, "unsupported Transfer-Encoding");
      break;
    case http::field::expect:
      expects_continue_ = EqualsIgnoringCase(value, "100-continue");
      if (!expects_continue_) Refuse(417, "unsupported Expect header");
      break;
    default:
      break;
  }
}

std::string_view RequestParser::Body(std::string_view message) const {
  return beast_->chunked() ? std::string_view(chunked_body_) : message.substr(header_size_, body_size_);
}

RequestParser::Range RequestParser::TakeBody(std::string_view message) {
  Range taken = ErasableBytes();
  if (beast_->chunked()) {
    chunked_body_.clear();
  } else {
    taken = {header_size_, Body(message).size()};
    body_size_ -= taken.size;
  }
  consumed_ = header_size_;
  return taken;
}

std::string_view RequestParser::Header(std::string_view message, std::string_view name) const {
  for (std::size_t i = 0; i < field_count_; ++i) {
    if (EqualsIgnoringCase(View(message, fields_[i].name), name)) return View(message, fields_[i].value);
  }
  return {};
}

void RequestParser::Beast::on_request_impl(http::verb, Text method, Text target, int version, ErrorCode& error) {
  owner_->method_ = owner_->SpanOf(ToStd(method));
  owner_->target_ = owner_->SpanOf(ToStd(target));
  owner_->version_ = version;
  if (target.size() > owner_->options_->max_target_bytes) {
    owner_->Refuse(414, "request target too long");
    error = http::error::bad_target;
  }
}

void RequestParser::Beast::on_field_impl(http::field id, Text name, Text value, ErrorCode& error) {
  owner_->AddField(id, ToStd(name), ToStd(value));
  if (owner_->status_ != 0) error = http::error::bad_field;
}

void RequestParser::Beast::on_chunk_header_impl(std::uint64_t size, Text, ErrorCode& error) {
  if (size <= owner_->max_body_ - owner_->chunked_size_) {
    owner_->chunked_size_ += static_cast<std::size_t>(size);
    return;
  }
  owner_->Refuse(413, "request body too large");
  error = http::error::body_limit;
}

std::size_t RequestParser::Beast::on_chunk_body_impl(std::uint64_t, Text body, ErrorCode&) {
  owner_->chunked_body_.append(body.data(), body.size());
  return body.size();
}

}  // namespace valence::net
