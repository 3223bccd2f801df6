// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scanner.h"
#include "steps.h"

namespace valence::text {

/// Steps that end in word steps, in one pass: their result is nothing but words with single spaces between them.
/// Immutable; thread-safe. Each thread that applies one holds a WordCache.
class WordPipeline {
 public:
  /// nullopt if the steps are not rewriting steps, then character steps, then at least one word step.
  static std::optional<WordPipeline> Compile(std::span<const Step* const> steps);

  /// Replaces *out. False if `text` takes more than one pass; *out is then of no meaning.
  bool Apply(std::string_view text, std::string* out) const;

 private:
  explicit WordPipeline(Scanner scanner);
  std::optional<std::string_view> Map(std::string_view word, std::uint64_t hash) const;

  Scanner scanner_;
  std::vector<WordMap> maps_;
  std::uint32_t id_ = 0;  ///< tells its words from those of other pipelines in a WordCache
};

}  // namespace valence::text
