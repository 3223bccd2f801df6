// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "block_classifier.h"
#include "steps.h"
#include "valence/text/fused_tokenizer.h"

namespace valence::text {

/// Any number of rewriting steps, then any number of character steps, then a cut into tokens, as one pass over the
/// bytes. Immutable; thread-safe.
class Scanner {
 public:
  /// nullopt if the steps are not rewriting steps followed by character steps.
  static std::optional<Scanner> Compile(std::span<const Step* const> steps, TokenPattern::Kind cut);

  /// Tokenises well-formed UTF-8 of at most 2 GiB. False if the text holds something that takes more than one pass;
  /// *out is then of no meaning. Rare: a capital sigma to be lower-cased, a construct of all rewriting steps but the
  /// last, an ampersand if entities are resolved.
  bool Run(std::string_view text, TokenBuffer* out) const;

 private:
  friend class ScannerRun;

  /// What becomes of an ASCII character that is rare: pieces of it, in order.
  struct Piece {
    char byte = 0;
    bool is_member = false;  ///< belongs to a token; otherwise ends one
  };

  explicit Scanner(TokenPattern::Kind cut) : cut_(cut) {}
  bool IsMember(char32_t c) const;
  void MapChar(char32_t c, std::u32string* out) const;
  void FillTables();
  bool NeedsMorePasses(std::string_view text) const;

  TokenPattern::Kind cut_;
  std::vector<Pass> rewrites_;  ///< in order; the last of them runs fused
  std::vector<CharMap> maps_;
  bool removes_urls_ = false;
  bool removes_breaks_ = false;
  bool lowers_sigma_ = false;
  ByteTable table_{};
  std::array<std::vector<Piece>, 128> pieces_;
};

}  // namespace valence::text
