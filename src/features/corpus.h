// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "analyzer.h"
#include "token_table.h"
#include "valence/base/progress.h"

namespace valence::features::internal {

/// Documents as numbers: token i of document d is ids[offsets[d] + i].
struct Corpus {
  std::vector<std::uint64_t> offsets{0};
  std::vector<Id> ids;  ///< kNoId: a border, or a token that was not kept

  std::size_t documents() const { return offsets.size() - 1; }
  std::span<const Id> Document(std::size_t d) const {
    return std::span(ids).subspan(offsets[d], offsets[d + 1] - offsets[d]);
  }
};

/// The distinct tokens that were kept, ascending by bytes; their position is their id.
struct Words {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint32_t> document_frequency;

  std::size_t size() const { return document_frequency.size(); }
  std::string_view Word(Id id) const {
    return std::string_view(bytes).substr(offsets[id], offsets[id + 1] - offsets[id]);
  }
};

struct LearnedCorpus {
  Corpus corpus;
  Words words;
  bool has_features = false;  ///< some document has an n-gram that is a feature, kept or not
};

/// Tokenises documents and keeps the tokens in at least `min_documents` of them. An n-gram with a dropped token cannot
/// be in that many documents either. All threads; the result does not depend on their number.
LearnedCorpus LearnCorpus(const Analyzer& analyzer, std::span<const std::string_view> documents, double min_documents,
                          Progress& progress);

}  // namespace valence::features::internal
