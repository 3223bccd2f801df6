// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::data::internal {

/// Cuts a JSON array that comes in pieces into its elements, without parsing them: memory is one element, and one bad
/// element does not spoil the others. Errors (kDataCorrupt) name the byte: no array, a missing comma or bracket, bytes
/// after the array, an element over the limit.
class JsonArraySplitter {
 public:
  using ElementHandler = std::function<void(std::uint64_t number, std::string_view element)>;
  /// `number` counts elements from 1.
  JsonArraySplitter(std::size_t max_element_bytes, ElementHandler handler);

  Status Feed(std::string_view bytes);
  Status Finish();

 private:
  enum class State { kBegin, kBeforeFirst, kBeforeElement, kElement, kEnd };
  Status TakeOutside(char c);
  /// Goes through an element's bytes from `i`; returns where it stopped: at its end, or at the end of the bytes.
  std::size_t ScanElement(std::string_view bytes, std::size_t i);
  void EndElement();
  Error ErrorHere(std::string_view what) const;

  std::size_t max_element_bytes_;
  ElementHandler handler_;
  State state_ = State::kBegin;
  int depth_ = 0;
  bool in_string_ = false;
  bool after_backslash_ = false;
  std::string element_;
  std::uint64_t number_ = 0;
  std::uint64_t byte_ = 0;
};

}  // namespace valence::data::internal
