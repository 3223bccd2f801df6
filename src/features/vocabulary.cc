// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <unordered_set>

#include "valence/features/vectorizer.h"
#include "valence/linalg/parallel.h"

namespace valence::features {
namespace {

constexpr std::size_t kChunks = 16;

// What Make() takes over.
struct Terms {
  std::string bytes;
  std::vector<std::uint64_t> offsets;
};

Status CheckOffsets(std::string_view bytes, std::span<const std::uint64_t> offsets) {
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
  const std::int64_t pairs = std::max<std::int64_t>(vocabulary.size() - 1, 0);
  std::array<bool, kChunks> ascends;
  ascends.fill(true);
  linalg::ParallelFor(static_cast<std::size_t>(pairs), kChunks,
                      [&](std::size_t chunk, std::size_t begin, std::size_t end) {
                        for (std::size_t i = begin; i < end && ascends[chunk]; ++i) {
                          const auto column = static_cast<std::int64_t>(i);
                          ascends[chunk] = vocabulary.Term(column) < vocabulary.Term(column + 1);
                        }
                      });
  return std::all_of(ascends.begin(), ascends.end(), [](bool b) { return b; });
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
  const auto terms = std::make_shared<const Terms>(Terms{std::move(bytes), std::move(offsets)});
  return Share(terms, terms->bytes, terms->offsets);
}

Result<Vocabulary> Vocabulary::Share(std::shared_ptr<const void> owner, std::string_view bytes,
                                     std::span<const std::uint64_t> offsets) {
  VALENCE_RETURN_IF_ERROR(CheckOffsets(bytes, offsets));
  Vocabulary vocabulary;
  vocabulary.owner_ = std::move(owner);
  vocabulary.bytes_ = bytes;
  vocabulary.offsets_ = offsets;
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

bool Vocabulary::operator==(const Vocabulary& other) const {
  return bytes_ == other.bytes_ && std::ranges::equal(offsets_, other.offsets_);
}

}  // namespace valence::features
