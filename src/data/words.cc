// SPDX-License-Identifier: Apache-2.0
#include "words.h"

#include "valence/base/check.h"

namespace valence::data::internal {
namespace {

text::FusedTokenizer CompileTokenizer() {
  auto tokenizer = text::FusedTokenizer::Compile({"remove_html_breaks", "lowercase"},
                                                 text::TokenPattern(text::TokenPattern::Kind::kWords1));
  VALENCE_CHECK(tokenizer.has_value(), "character-level steps can be fused");
  return *std::move(tokenizer);
}

}  // namespace

WordCutter::WordCutter() : tokenizer_(CompileTokenizer()) {}

std::span<const text::SurfaceToken> WordCutter::Cut(std::string_view text, text::TokenBuffer* buffer) const {
  tokenizer_.Run(text, buffer);
  return buffer->tokens();
}

}  // namespace valence::data::internal
