// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>
#include <unordered_set>

#include "valence/features/vectorizer.h"

namespace valence::features {
namespace {

Status CheckOffsets(const std::string& bytes, const std::vector<std::uint64_t>& offsets) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != bytes.size()) {
    return DataCorrupt(
        fmt::format("vocabulary: term offsets must run from 0 to {}, the number of term bytes", bytes.size()));
  }
  if (offsets.size() - 1 > std::size_t{std::numeric_limits<std::int32_t>::max()}) {
    return DataCorrupt(fmt::format("vocabulary: {} terms are more than the 2147483647 supported", offsets.size() - 1));
  }
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i] < offsets[i - 1]) {
      return DataCorrupt(fmt::format("vocabulary: term offsets descend at column {}", i - 1));
    }
  }
  return Ok();
}

bool Ascends(const Vocabulary& vocabulary) {
  for (std::int64_t i = 1; i < vocabulary.size(); ++i) {
    if (vocabulary.Term(i - 1) >= vocabulary.Term(i)) return false;
  }
  return true;
}

// A user's own vocabulary may come in any order; then only a set can tell whether a term repeats.
Status CheckDistinct(const Vocabulary& vocabulary) {
  if (Ascends(vocabulary)) return Ok();
  std::unordered_set<std::string_view> seen;
  seen.reserve(static_cast<std::size_t>(vocabulary.size()));
  for (std::int64_t i = 0; i < vocabulary.size(); ++i) {
    if (!seen.insert(vocabulary.Term(i)).second) {
      return DataCorrupt(
          fmt::format("vocabulary: term '{}' is there twice, again at column {}", vocabulary.Term(i), i));
    }
  }
  return Ok();
}

}  // namespace

Result<Vocabulary> Vocabulary::Make(std::string bytes, std::vector<std::uint64_t> offsets) {
  VALENCE_RETURN_IF_ERROR(CheckOffsets(bytes, offsets));
  Vocabulary vocabulary;
  vocabulary.bytes_ = std::move(bytes);
  vocabulary.offsets_ = std::move(offsets);
  VALENCE_RETURN_IF_ERROR(CheckDistinct(vocabulary));
  return vocabulary;
}

Result<Vocabulary> Vocabulary::FromTerms(const std::vector<std::string>& terms_by_column) {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  offsets.reserve(terms_by_column.size() + 1);
  for (const std::string& term : terms_by_column) {
    bytes += term;
    offsets.push_back(bytes.size());
  }
  return Make(std::move(bytes), std::move(offsets));
}

std::string_view Vocabulary::Term(std::int64_t column) const {
  const auto i = static_cast<std::size_t>(column);
  return std::string_view(bytes_).substr(offsets_[i], offsets_[i + 1] - offsets_[i]);
}

}  // namespace valence::features
