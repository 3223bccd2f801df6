// SPDX-License-Identifier: Apache-2.0
#include "learn_features.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "corpus.h"
#include "ngrams.h"
#include "row_counter.h"

namespace valence::features::internal {
namespace {

// min_df and max_df as numbers of documents; a share of them need not be whole.
struct DocumentLimits {
  double min = 1;
  double max = 0;
};

Status CheckLimit(std::string_view name, const CountOrShare& limit) {
  if (limit.is_share ? limit.value >= 0 && limit.value <= 1 : limit.value >= 1) return Ok();
  return InvalidArgument(fmt::format(
      "featurize.{}: got {}, expected a whole number >= 1 or a share between 0.0 and 1.0", name, limit.value));
}

Result<DocumentLimits> ResolveLimits(const VectorizerConfig& config, std::size_t documents) {
  VALENCE_RETURN_IF_ERROR(CheckLimit("min_df", config.min_df));
  VALENCE_RETURN_IF_ERROR(CheckLimit("max_df", config.max_df));
  const auto resolve = [&](const CountOrShare& limit) {
    return limit.is_share ? limit.value * static_cast<double>(documents) : limit.value;
  };
  const DocumentLimits limits{resolve(config.min_df), resolve(config.max_df)};
  if (limits.max >= limits.min) return limits;
  return InvalidArgument(fmt::format("featurize.max_df: {} documents are fewer than min_df's {}, so no term can remain",
                                     limits.max, limits.min));
}

Error NoTermsRemain() {
  return InvalidArgument("featurize: no terms remain after pruning; lower min_df or raise max_df");
}

CountRows CountCorpus(const Analyzer& analyzer, const Corpus& corpus, const NgramTrie& trie, std::size_t cols) {
  return MakeCountRows(corpus.documents(), cols, [&] {
    return [&, counter = RowCounter(trie, analyzer.max_length(), cols)](std::size_t row,
                                                                        std::vector<Count>* counts) mutable {
      counter.AppendCounts(corpus.Document(row), counts);
    };
  });
}

// The new number of each column if only the `limit` most frequent stay; -1 for the others. Of equally frequent ones
// the first stay. (scikit-learn leaves them to an unstable sort, whose outcome depends on the processor.)
std::vector<std::int32_t> MostFrequent(const std::vector<double>& totals, std::size_t limit) {
  std::vector<std::size_t> by_total(totals.size());
  std::iota(by_total.begin(), by_total.end(), 0);
  std::stable_sort(by_total.begin(), by_total.end(),
                   [&](std::size_t a, std::size_t b) { return totals[a] > totals[b]; });
  by_total.resize(limit);
  std::sort(by_total.begin(), by_total.end());
  std::vector<std::int32_t> new_column(totals.size(), -1);
  for (std::size_t i = 0; i < limit; ++i) new_column[by_total[i]] = static_cast<std::int32_t>(i);
  return new_column;
}

Result<Vocabulary> KeepColumns(const Vocabulary& vocabulary, const std::vector<std::int32_t>& new_column) {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  for (std::size_t column = 0; column < new_column.size(); ++column) {
    if (new_column[column] < 0) continue;
    bytes += vocabulary.Term(static_cast<std::int64_t>(column));
    offsets.push_back(bytes.size());
  }
  return Vocabulary::Make(std::move(bytes), std::move(offsets));
}

Result<LearnedFeatures> LimitFeatures(std::int64_t max_features, LearnedFeatures features) {
  if (max_features <= 0 || features.vocabulary.size() <= max_features) return features;
  const auto limit = static_cast<std::size_t>(max_features);
  const std::vector<std::int32_t> new_column = MostFrequent(TotalCounts(features.rows), limit);
  VALENCE_TRY(features.vocabulary, KeepColumns(features.vocabulary, new_column));
  RenumberColumns(new_column, limit, &features.rows);
  return features;
}

}  // namespace

Result<LearnedFeatures> LearnFeatures(const VectorizerConfig& config, const Analyzer& analyzer,
                                      std::span<const std::string_view> documents, Progress& progress) {
  VALENCE_TRY(const DocumentLimits limits, ResolveLimits(config, documents.size()));
  const LearnedCorpus learned = LearnCorpus(analyzer, documents, limits.min, progress);
  if (!learned.has_features) {
    return InvalidArgument(
        "featurize: empty vocabulary; perhaps the documents have no tokens (check preprocess.steps)");
  }
  LearnedNgrams ngrams = LearnNgrams(learned, analyzer.max_length(), limits.min);

  LearnedFeatures features;
  features.vocabulary = AssignColumns(analyzer, learned.words, limits.max, &ngrams);
  if (features.vocabulary.size() == 0) return NoTermsRemain();
  features.rows =
      CountCorpus(analyzer, learned.corpus, ngrams.trie, static_cast<std::size_t>(features.vocabulary.size()));
  if (config.binary) MakeBinary(&features.rows);
  return LimitFeatures(config.max_features, std::move(features));
}

}  // namespace valence::features::internal
