// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "copy_if_plain.h"
#include "valence/base/json.h"
#include "valence/base/shortest_double.h"

namespace valence::serving {

/// JSON that is put together on the stack and handed to a string in large pieces: an answer may have thousands of small
/// parts, and to append to a string costs more than most of them. The string is complete when this is gone.
class JsonPiece {
 public:
  explicit JsonPiece(std::string* out) : out_(*out) {}
  JsonPiece(const JsonPiece&) = delete;
  JsonPiece& operator=(const JsonPiece&) = delete;
  ~JsonPiece() { HandOver(); }

  /// Text as it stands: punctuation, names, what is JSON already.
  JsonPiece& Add(std::string_view json) {
    if (!MakeRoom(json.size())) {
      out_.append(json);
    } else {
      end_ = std::copy(json.begin(), json.end(), end_);
    }
    return *this;
  }
  JsonPiece& Add(char c) {
    MakeRoom(1);
    *end_++ = c;
    return *this;
  }
  JsonPiece& Add(std::int64_t number) {
    MakeRoom(kNumber);
    end_ = std::to_chars(end_, end_ + kNumber, number).ptr;
    return *this;
  }
  /// The shortest digits that read back as `number`, and recognisably no integer. Requires a finite number.
  JsonPiece& Add(double number) {
    MakeRoom(kNumber);
    char* const begin = end_;
    end_ = WriteShortestDouble(number, begin);
    if (end_ - begin > 2 && (begin[1] == '.' || begin[2] == '.')) return *this;  // nearly always
    const bool integral = std::none_of(begin, end_, [](char c) { return c == '.' || c == 'e'; });
    return integral ? Add(".0") : *this;
  }
  /// A string with its quotes; escapes what must be escaped. `readable`: as for CopyIfPlain.
  JsonPiece& AddString(std::string_view text, std::size_t readable) {
    if (MakeRoom(text.size() + 2 + kCopyStep) && CopyIfPlain(text, readable, end_ + 1)) {
      *end_ = '"';
      end_ += text.size() + 1;
      *end_++ = '"';
    } else {
      HandOver();
      AppendJsonString(text, &out_);
    }
    return *this;
  }

  JsonPiece& AddString(std::string_view text) { return AddString(text, text.size()); }

 private:
  static constexpr std::size_t kSize = 2048;
  static constexpr std::size_t kNumber = kShortestDoubleRoom;

  /// False if there is no room for so much even when all is handed over, which it is then.
  bool MakeRoom(std::size_t size) {
    if (size <= static_cast<std::size_t>(bytes_.data() + kSize - end_)) return true;
    HandOver();
    return size <= kSize;
  }
  void HandOver() {
    out_.append(bytes_.data(), static_cast<std::size_t>(end_ - bytes_.data()));
    end_ = bytes_.data();
  }

  std::string& out_;
  std::array<char, kSize> bytes_;
  char* end_ = bytes_.data();
};

}  // namespace valence::serving
