// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>
#include <utility>

#include "csv_scan.h"
#include "valence/data/csv.h"

namespace valence::data {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

}  // namespace

CsvReader::CsvReader(Options options, RowHandler handler) : options_(options), handler_(std::move(handler)) {}

Status CsvReader::Feed(std::string_view bytes) {
  if (bom_done_) return FeedWithoutBom(bytes);
  const std::size_t taken = std::min(bytes.size(), kBom.size() - bom_.size());
  bom_.append(bytes.substr(0, taken));
  bytes.remove_prefix(taken);
  if (bom_ == kBom) {
    byte_ = kBom.size();
  } else if (kBom.compare(0, bom_.size(), bom_) == 0) {
    return Ok();  // too few bytes to tell
  } else {
    VALENCE_RETURN_IF_ERROR(FeedWithoutBom(bom_));
  }
  bom_done_ = true;
  return FeedWithoutBom(bytes);
}

Status CsvReader::FeedWithoutBom(std::string_view bytes) {
  feed_begin_ = bytes.data();
  const char* end = bytes.data() + bytes.size();
  for (const char* p = bytes.data(); p != end;) {
    VALENCE_TRY(p, Consume(p, end));
  }
  byte_ += bytes.size();
  return Ok();
}

Result<const char*> CsvReader::Consume(const char* p, const char* end) {
  switch (state_) {
    case State::kAfterCr:
      state_ = State::kRowStart;
      return *p == '\n' ? p + 1 : p;
    case State::kRowStart:
      if (*p == '\n') return p + 1;
      if (*p == '\r') {
        state_ = State::kAfterCr;
        return p + 1;
      }
      state_ = State::kFieldStart;
      return p;
    case State::kFieldStart:
      field_byte_ = byte_ + static_cast<std::uint64_t>(p - feed_begin_);
      state_ = *p == '"' ? State::kQuoted : State::kPlain;
      return *p == '"' ? p + 1 : p;
    case State::kPlain:
      return ConsumePlain(p, end);
    case State::kQuoted:
    case State::kQuoteInQuoted:
      return ConsumeQuoted(p, end);
  }
  return p;
}

Result<const char*> CsvReader::ConsumePlain(const char* p, const char* end) {
  const char* stop = internal::FindSpecial(p, end, options_.separator);
  VALENCE_RETURN_IF_ERROR(AppendToField(p, stop));
  if (stop == end) return end;
  if (*stop == '"') return ErrorAt(stop, "a quote inside an unquoted field; quote the field and double its quotes");
  VALENCE_RETURN_IF_ERROR(EndField(*stop));
  return stop + 1;
}

Result<const char*> CsvReader::ConsumeQuoted(const char* p, const char* end) {
  if (state_ == State::kQuoted) {
    const void* quote = std::memchr(p, '"', static_cast<std::size_t>(end - p));
    const char* stop = quote == nullptr ? end : static_cast<const char*>(quote);
    VALENCE_RETURN_IF_ERROR(AppendToField(p, stop));
    if (stop == end) return end;
    state_ = State::kQuoteInQuoted;
    return stop + 1;
  }
  if (*p == '"') {
    state_ = State::kQuoted;
    VALENCE_RETURN_IF_ERROR(AppendToField(p, p + 1));
    return p + 1;
  }
  if (*p != options_.separator && *p != '\r' && *p != '\n')
    return ErrorAt(p, "text after the closing quote of a field");
  VALENCE_RETURN_IF_ERROR(EndField(*p));
  return p + 1;
}

Status CsvReader::AppendToField(const char* begin, const char* end) {
  const std::size_t field_begin = field_ends_.empty() ? 0 : field_ends_.back();
  if (row_bytes_.size() - field_begin + static_cast<std::size_t>(end - begin) > options_.max_field_bytes) {
    return DataCorrupt(fmt::format("row {}, byte {}: a field of more than {} bytes begins here; is a quote not closed?",
                                   row_, field_byte_, options_.max_field_bytes));
  }
  if (row_bytes_.size() + static_cast<std::size_t>(end - begin) > options_.max_row_bytes) {
    return DataCorrupt(fmt::format("row {}: more than {} bytes", row_, options_.max_row_bytes));
  }
  row_bytes_.append(begin, end);
  return Ok();
}

Status CsvReader::EndField(char c) {
  field_ends_.push_back(row_bytes_.size());
  if (c == options_.separator) {
    state_ = State::kFieldStart;
    if (field_ends_.size() < options_.max_fields) return Ok();
    return DataCorrupt(fmt::format("row {}: more than {} fields", row_, options_.max_fields));
  }
  state_ = c == '\r' ? State::kAfterCr : State::kRowStart;
  return EndRow();
}

Status CsvReader::EndRow() {
  fields_.clear();
  std::size_t begin = 0;
  for (const std::size_t end : field_ends_) {
    fields_.push_back(std::string_view(row_bytes_).substr(begin, end - begin));
    begin = end;
  }
  VALENCE_RETURN_IF_ERROR(handler_(row_, fields_));
  ++row_;
  row_bytes_.clear();
  field_ends_.clear();
  return Ok();
}

Status CsvReader::Finish() {
  if (!bom_done_) {
    bom_done_ = true;
    VALENCE_RETURN_IF_ERROR(FeedWithoutBom(bom_));
  }
  if (state_ == State::kRowStart || state_ == State::kAfterCr) return Ok();
  if (state_ == State::kQuoted) {
    return DataCorrupt(
        fmt::format("row {}, byte {}: a quoted field opens here and is never closed", row_, field_byte_));
  }
  return EndField('\n');
}

Error CsvReader::ErrorAt(const char* p, std::string_view what) const {
  return DataCorrupt(
      fmt::format("row {}, byte {}: {}", row_, byte_ + static_cast<std::uint64_t>(p - feed_begin_), what));
}

}  // namespace valence::data
