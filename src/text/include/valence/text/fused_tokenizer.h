// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "valence/text/token_hash.h"
#include "valence/text/token_pattern.h"

namespace valence::text {

/// A surface token: a maximal run that the character-level steps leave between white space (or, after the
/// token-level steps allow it, between token boundaries), before stop words, lemmas and stems.
struct SurfaceToken {
  std::uint32_t offset = 0;  ///< of its bytes in TokenBuffer::bytes
  std::uint32_t length = 0;
  std::uint32_t begin = 0;  ///< the original bytes [begin, end) it came from
  std::uint32_t end = 0;
};

/// Reused output of FusedTokenizer::Run; grows to the largest text seen and is then never reallocated.
struct TokenBuffer {
  std::string bytes;               ///< normalised token bytes, in order, with gaps; 16 readable bytes follow each token
  std::vector<SurfaceToken> room;  ///< only the first `count` are this text's tokens
  std::size_t count = 0;

  std::span<const SurfaceToken> tokens() const { return {room.data(), count}; }
  std::string_view Bytes(const SurfaceToken& t) const { return {bytes.data() + t.offset, t.length}; }
  /// HashToken() of its bytes.
  std::uint64_t Hash(const SurfaceToken& t) const { return internal::HashPadded(bytes.data() + t.offset, t.length); }
};

/// The hash of a token's bytes used by every table keyed by tokens. Stable across machines and versions.
std::uint64_t HashToken(std::string_view bytes);

/// One pass over raw bytes that does all character-level steps and cuts tokens: the front half of the *compiled* path.
/// The back half, token by token, is MapToken(). Together, for every text:
///   concat over Run(text) of MapToken(t)  ==  TokenPattern::FindAll(Preprocessor::Apply(text))
/// (fuzzed in tests/fused_tokenizer_test.cc). Immutable after Compile; thread-safe.
class FusedTokenizer {
 public:
  /// nullopt if these steps cannot be fused (for example word_tokenize): callers then use the plain path.
  static std::optional<FusedTokenizer> Compile(const std::vector<std::string>& steps, TokenPattern pattern);

  /// Tokenises well-formed UTF-8 of at most 2 GiB. No allocation once `out` is warm. At least 300 MB/s on ASCII
  /// reviews.
  void Run(std::string_view text, TokenBuffer* out) const;

  /// What the token-level steps make of one surface token: nothing (a stop word, or too short), one token (most), or
  /// several (never for the presets). Appends views that live until `scratch` changes. Pure: same bytes, same result,
  /// so callers memoise it.
  void MapToken(std::string_view surface, std::string* scratch, std::vector<std::string_view>* out) const;

  /// True if MapToken is the identity for every token (no stop words, lemmas, stems, length rule): callers skip it.
  bool maps_identically() const;

 private:
  struct Impl;
  explicit FusedTokenizer(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace valence::text
