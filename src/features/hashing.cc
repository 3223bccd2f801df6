// SPDX-License-Identifier: Apache-2.0
#include "hashing.h"

#include <bit>
#include <limits>

#include "hash.h"
#include "radix_sort.h"

namespace valence::features::internal {
namespace {

std::uint32_t ScrambleBlock(std::uint32_t block) { return std::rotl(block * 0xCC9E2D51u, 15) * 0x1B873593u; }

// One row's hashed n-grams: column * 2 + (1 if negative), so that sorting brings a column's signs together.
void AppendSignSums(const std::vector<std::uint32_t>& signed_columns, std::vector<Count>* counts) {
  for (std::size_t i = 0; i < signed_columns.size();) {
    const std::uint32_t column = signed_columns[i] >> 1;
    std::int32_t sum = 0;
    for (; i < signed_columns.size() && signed_columns[i] >> 1 == column; ++i) sum += signed_columns[i] & 1 ? -1 : 1;
    counts->push_back({static_cast<std::int32_t>(column), sum});
  }
}

}  // namespace

std::int32_t MurmurHash3(std::string_view bytes) {
  std::uint32_t h = 0;
  const char* p = bytes.data();
  std::size_t n = bytes.size();
  for (; n >= 4; p += 4, n -= 4) {
    h = std::rotl(h ^ ScrambleBlock(static_cast<std::uint32_t>(LoadAs<std::uint32_t>(p))), 13) * 5 + 0xE6546B64u;
  }
  std::uint32_t tail = 0;
  for (std::size_t i = n; i-- > 0;) tail = tail << 8 | static_cast<unsigned char>(p[i]);
  h ^= ScrambleBlock(tail);
  h ^= static_cast<std::uint32_t>(bytes.size());
  h = (h ^ h >> 16) * 0x85EBCA6Bu;
  h = (h ^ h >> 13) * 0xC2B2AE35u;
  return static_cast<std::int32_t>(h ^ h >> 16);
}

std::int32_t HashedColumn(std::int32_t hash, std::int64_t n_features) {
  // The magnitude of the lowest number is one above the highest: widened, it needs no exception.
  const std::int64_t magnitude = hash < 0 ? -std::int64_t{hash} : hash;
  return static_cast<std::int32_t>(magnitude % n_features);
}

CountRows HashDocuments(const VectorizerConfig& config, const Analyzer& analyzer,
                        std::span<const std::string_view> documents) {
  const std::uint64_t limit = 2 * static_cast<std::uint64_t>(config.n_features);
  return MakeCountRows(documents.size(), static_cast<std::size_t>(config.n_features), [&] {
    return [&, lowered = std::string(), tokens = std::vector<std::string_view>(), joined = JoinedTokens(),
            hashed = std::vector<std::uint32_t>(),
            buffer = std::vector<std::uint32_t>()](std::size_t row, std::vector<Count>* counts) mutable {
      analyzer.Tokenize(documents[row], &lowered, &tokens);
      hashed.clear();
      joined.ForEachTerm(analyzer, tokens, [&](std::size_t, std::size_t, std::string_view term) {
        const std::int32_t hash = MurmurHash3(term);
        const bool negative = config.alternate_sign && hash < 0;
        hashed.push_back(static_cast<std::uint32_t>(HashedColumn(hash, config.n_features)) << 1 | (negative ? 1 : 0));
      });
      RadixSort(limit, &hashed, &buffer);
      AppendSignSums(hashed, counts);
    };
  });
}

void JoinedTokens::Join(std::span<const std::string_view> tokens, std::string_view separator) {
  bytes_.clear();
  begins_.clear();
  sizes_.clear();
  for (const std::string_view token : tokens) {
    if (!bytes_.empty()) bytes_ += separator;
    begins_.push_back(bytes_.size());
    sizes_.push_back(token.size());
    bytes_ += token;
  }
}

}  // namespace valence::features::internal
