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
#include "valence/base/eight_digits.h"
#include "valence/base/json.h"
#include "valence/base/shortest_double.h"

#define VALENCE_INLINE [[gnu::always_inline]]

namespace valence::serving {

/// JSON that is put together on the stack and handed to a string in large pieces: an answer may have thousands of small
/// parts, and to append to a string costs more than most of them. All of it is inlined, and the room is an object of
/// its own, so that the place where the next part goes is in a register. The string is complete when this is gone.
class JsonPiece {
 public:
  using Room = std::array<char, 2048>;

  JsonPiece(Room* room, std::string* out) : begin_(room->data()), limit_(begin_ + room->size()), out_(*out) {}
  JsonPiece(const JsonPiece&) = delete;
  JsonPiece& operator=(const JsonPiece&) = delete;
  ~JsonPiece() { HandOver(); }

  /// Text as it stands: punctuation, names, what is JSON already.
  VALENCE_INLINE JsonPiece& Add(std::string_view json) {
    if (!MakeRoom(json.size())) {
      out_.append(json);
    } else {
      end_ = std::copy(json.begin(), json.end(), end_);
    }
    return *this;
  }
  VALENCE_INLINE JsonPiece& Add(char c) {
    MakeRoom(1);
    *end_++ = c;
    return *this;
  }
  VALENCE_INLINE JsonPiece& Add(std::int64_t number) {
    MakeRoom(kNumber);
    if (number >= 0 && number < std::int64_t{kEightDigits}) [[likely]] {
      end_ = WriteBelowEightDigits(static_cast<std::uint32_t>(number), end_);
    } else {
      end_ = std::to_chars(end_, end_ + kNumber, number).ptr;
    }
    return *this;
  }
  /// The shortest digits that read back as `number`, and recognisably no integer. Requires a finite number.
  VALENCE_INLINE JsonPiece& Add(double number) {
    MakeRoom(kNumber);
    char* const begin = end_;
    end_ = WriteShortestDouble(number, begin);
    // Nearly always, and the sign cannot be predicted.
    if (end_ - begin > 2 && ((begin[1] == '.') | (begin[2] == '.'))) [[likely]]
      return *this;
    const bool integral = std::none_of(begin, end_, [](char c) { return c == '.' || c == 'e'; });
    return integral ? Add(".0") : *this;
  }
  /// A string with its quotes; escapes what must be escaped. `readable`: as for CopyIfPlain.
  VALENCE_INLINE JsonPiece& AddString(std::string_view text, std::size_t readable) {
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
  VALENCE_INLINE JsonPiece& AddString(std::string_view text) { return AddString(text, text.size()); }

 private:
  static constexpr std::size_t kNumber = kShortestDoubleRoom;

  /// False if there is no room for so much even when all is handed over, which it is then.
  VALENCE_INLINE bool MakeRoom(std::size_t size) {
    if (size <= static_cast<std::size_t>(limit_ - end_)) return true;
    HandOver();
    return size <= static_cast<std::size_t>(limit_ - end_);
  }
  VALENCE_INLINE void HandOver() {
    out_.append(begin_, static_cast<std::size_t>(end_ - begin_));
    end_ = begin_;
  }

  char* const begin_;
  char* const limit_;
  std::string& out_;
  char* end_ = begin_;
};

}  // namespace valence::serving
