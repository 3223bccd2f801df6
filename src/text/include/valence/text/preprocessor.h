// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"

namespace valence::text {

/// Bytes [begin, end) of the original text that a byte of processed text came from.
struct Span {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  bool operator==(const Span&) const = default;
};

/// Processed text that knows where it came from: spans[i] belongs to bytes[i].
struct AlignedText {
  std::string bytes;
  std::vector<Span> spans;
};

/// An ordered list of named text -> text steps: the *plain* path, whose meaning is NLTK's and Python's and which the
/// compiled path (FusedTokenizer) must equal. Immutable after Make; thread-safe.
///
/// Steps (Python equivalent in docs/parity.md): remove_urls, unescape_html, remove_html_breaks, remove_digits,
/// lowercase, lowercase_ascii, replace_punctuation, remove_arabic_semicolon, fold_whitespace, remove_stop_words,
/// lemmatize, lemmatize_verb, lemmatize_adjective, lemmatize_adverb, stem_porter, stem_snowball, word_tokenize (NLTK
/// Treebank, tokens joined by a space), split_punctuation (recipe R1).
class Preprocessor {
 public:
  /// Error: kInvalidArgument for an unknown step (with the known ones).
  static Result<Preprocessor> Make(const std::vector<std::string>& steps);

  /// Applies all steps to `text` (well-formed UTF-8, at most 2 GiB) and replaces *out. `scratch` is reused memory.
  /// Lists that end in word steps (preset `seed`) take one pass, over 100 MB/s, with a cache of 1 MiB per thread.
  void Apply(std::string_view text, std::string* scratch, std::string* out) const;
  std::string Apply(std::string_view text) const;

  /// The same text, with the original bytes of each result byte (a lemma's bytes all carry their word's span).
  AlignedText ApplyAligned(std::string_view text) const;

  const std::vector<std::string>& steps() const;

 private:
  struct Impl;
  explicit Preprocessor(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  std::shared_ptr<const Impl> impl_;
};

}  // namespace valence::text
