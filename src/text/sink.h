// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace valence::text {

/// Where a pass over a text writes its result, in order. Says of every byte what it was made from, so that the same
/// pass serves plain and aligned processing.
class Sink {
 public:
  virtual ~Sink() = default;
  /// Input bytes [begin, end) unchanged.
  virtual void Copy(std::size_t begin, std::size_t end) = 0;
  /// `bytes`, made from the input bytes [begin, end). begin == end: inserted at that place.
  virtual void Emit(std::string_view bytes, std::size_t begin, std::size_t end) = 0;
};

/// One rewriting of a whole well-formed UTF-8 text into another.
using Pass = void (*)(std::string_view text, Sink& out);

}  // namespace valence::text
