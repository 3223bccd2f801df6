// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "valence/text/fused_tokenizer.h"

namespace valence::data::internal {

/// The words by which texts are compared: runs of Python's \w after `<br />` is taken out and str.lower() is applied,
/// as the preprocessing preset `best` with token pattern `(?u)\b\w+\b` cuts them. Immutable; thread-safe.
class WordCutter {
 public:
  WordCutter();
  /// Cuts `text`, of at most 2 GiB. The result lives in *buffer until its next use.
  std::span<const text::SurfaceToken> Cut(std::string_view text, text::TokenBuffer* buffer) const;

 private:
  text::FusedTokenizer tokenizer_;
};

}  // namespace valence::data::internal
