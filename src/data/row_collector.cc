// SPDX-License-Identifier: Apache-2.0
#include "row_collector.h"

#include <fmt/format.h>

#include <utility>

#include "shown.h"
#include "valence/base/utf8.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kShownBytes = 200;
constexpr std::uint64_t kProgressStep = 1000;

std::string_view TrimAscii(std::string_view text) {
  constexpr std::string_view kSpaces = " \t\r\n\f\v";
  const std::size_t begin = text.find_first_not_of(kSpaces);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kSpaces) - begin + 1);
}

/// Python's str.isspace for one character.
bool IsSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// Whether well-formed `text` has nothing but white space (Python: not text.strip()).
bool IsBlank(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const utf8::Decoded decoded = utf8::Decode(text.data() + i);
    if (!IsSpace(decoded.code_point)) return false;
    i += decoded.length;
  }
  return true;
}

std::string Shown(std::string_view text) { return internal::Shown(text, kShownBytes); }

}  // namespace

void RejectRow(std::string_view reason, std::string detail, Row* row) {
  row->reason = reason;
  row->detail = std::move(detail);
  row->document.text = Shown(row->document.text);
}

void RowCollector::BeginSource(std::string name, Part part) {
  columns_.BeginSource(name);
  collected_.sources.push_back(std::move(name));
  part_ = part;
}

Row& RowCollector::NewRow(std::uint64_t number) {
  Row& row = collected_.rows.emplace_back();
  row.part = part_;
  row.source = static_cast<std::uint32_t>(collected_.sources.size() - 1);
  row.number = number;
  if (collected_.rows.size() % kProgressStep == 0) progress_->Advance(kProgressStep);
  return row;
}

void RowCollector::Reject(std::uint64_t number, std::string_view reason, std::string detail, std::string_view text) {
  Row& row = NewRow(number);
  row.document.text = Shown(text);
  RejectRow(reason, std::move(detail), &row);
}

void RowCollector::Add(const RawRow& raw, Encoding encoding) {
  Row& row = NewRow(raw.number);
  TakeText(raw.text, encoding, &row);
  if (row.kept()) TakeLabel(raw.label, encoding, &row);
  if (row.kept() && IsBlank(row.document.text)) RejectRow(kEmptyText, "nothing but white space", &row);
  if (!raw.id.has_value()) {
    row.document.id = fmt::format("{}:{}", collected_.sources.back(), raw.number);
    return;
  }
  Result<std::string> id = ToUtf8(*raw.id, encoding);
  if (id.has_value()) {
    row.document.id = std::move(*id);
  } else if (row.kept()) {
    RejectRow(kInvalidUtf8, fmt::format("id: {}", id.error().message), &row);
  }
}

void RowCollector::TakeText(std::string_view raw, Encoding encoding, Row* row) const {
  const auto limit = static_cast<std::uint64_t>(config_.max_text_bytes);
  if (raw.size() > limit) {
    row->document.text = Shown(raw);
    RejectRow(kTextTooLong, fmt::format("{} bytes, over ingest.max_text_bytes = {}", raw.size(), limit), row);
    return;
  }
  Result<std::string> text = ToUtf8(raw, encoding);
  if (!text.has_value()) {
    row->document.text = Shown(raw);
    RejectRow(kInvalidUtf8, std::move(text).error().message, row);
    return;
  }
  row->document.text = std::move(*text);
}

void RowCollector::TakeLabel(const std::optional<std::string_view>& raw, Encoding encoding, Row* row) const {
  if (!raw.has_value() || TrimAscii(*raw).empty()) {
    RejectRow(kMissingLabel, "no label", row);
    return;
  }
  Result<std::string> label = ToUtf8(TrimAscii(*raw), encoding);
  if (!label.has_value()) {
    RejectRow(kInvalidUtf8, fmt::format("label: {}", label.error().message), row);
    return;
  }
  row->document.label = std::move(*label);
  if (config_.labels.empty()) return;
  const auto mapped = config_.labels.find(row->document.label);
  if (mapped == config_.labels.end()) {
    RejectRow(kUnknownLabel, fmt::format("label '{}' is not in ingest.labels", Shown(row->document.label)), row);
    return;
  }
  row->document.label = mapped->second;
}

Collected RowCollector::Release() {
  progress_->Advance(collected_.rows.size() % kProgressStep);
  return std::move(collected_);
}

}  // namespace valence::data::internal
