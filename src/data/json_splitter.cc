// SPDX-License-Identifier: Apache-2.0
#include "json_splitter.h"

#include <fmt/format.h>

#include <utility>

namespace valence::data::internal {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

bool IsJsonSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

}  // namespace

JsonArraySplitter::JsonArraySplitter(std::size_t max_element_bytes, ElementHandler handler)
    : max_element_bytes_(max_element_bytes), handler_(std::move(handler)) {}

Status JsonArraySplitter::Feed(std::string_view bytes) {
  for (std::size_t i = 0; i < bytes.size();) {
    if (state_ == State::kElement) {
      const std::size_t stop = ScanElement(bytes, i);
      if (element_.size() + (stop - i) > max_element_bytes_) {
        return ErrorHere(fmt::format("element {} has more than {} bytes", number_ + 1, max_element_bytes_));
      }
      element_.append(bytes.substr(i, stop - i));
      byte_ += stop - i;
      i = stop;
      if (i == bytes.size()) return Ok();
      EndElement();  // the comma or bracket at i is looked at below
    }
    VALENCE_RETURN_IF_ERROR(TakeOutside(bytes[i]));
    if (state_ == State::kElement) continue;  // its first byte belongs to it
    ++i;
    ++byte_;
  }
  return Ok();
}

Status JsonArraySplitter::TakeOutside(char c) {
  if (IsJsonSpace(c)) return Ok();
  switch (state_) {
    case State::kBegin:
      if (byte_ < kBom.size() && c == kBom[byte_]) return Ok();
      if (c != '[') return ErrorHere("expected '[', the begin of an array of objects");
      state_ = State::kBeforeFirst;
      return Ok();
    case State::kBeforeFirst:
    case State::kBeforeElement:
      if (c == ']' && state_ == State::kBeforeFirst) {
        state_ = State::kEnd;
        return Ok();
      }
      if (c == ',' || c == ']') return ErrorHere("expected an element");
      state_ = State::kElement;
      return Ok();
    case State::kElement:
      // Right behind an element: EndElement leaves only its comma or bracket to come here.
      state_ = c == ',' ? State::kBeforeElement : State::kEnd;
      return Ok();
    case State::kEnd:
      return ErrorHere("bytes after the end of the array");
  }
  return Ok();
}

std::size_t JsonArraySplitter::ScanElement(std::string_view bytes, std::size_t i) {
  for (; i < bytes.size(); ++i) {
    const char c = bytes[i];
    if (in_string_) {
      if (after_backslash_) {
        after_backslash_ = false;
      } else if (c == '\\') {
        after_backslash_ = true;
      } else if (c == '"') {
        in_string_ = false;
      }
      continue;
    }
    if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (depth_ <= 0 && (c == ',' || c == ']')) {
      return i;
    } else if (c == '}' || c == ']') {
      --depth_;
    }
  }
  return i;
}

void JsonArraySplitter::EndElement() {
  ++number_;
  handler_(number_, element_);
  element_.clear();
  depth_ = 0;
}

Status JsonArraySplitter::Finish() {
  if (state_ == State::kEnd) return Ok();
  if (state_ == State::kBegin) return ErrorHere("expected '[', found the end of the file");
  return ErrorHere(fmt::format("the array is not closed; the file ends in or after element {}", number_ + 1));
}

Error JsonArraySplitter::ErrorHere(std::string_view what) const {
  return DataCorrupt(fmt::format("byte {}: {}", byte_, what));
}

}  // namespace valence::data::internal
