// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "contract_rules.h"
#include "drift.h"
#include "quantiles.h"
#include "text_statistics.h"

namespace valence::data::internal {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The data now beside the baseline.
class DriftJudge {
 public:
  DriftJudge(const DataContract::Drift& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules)
      : kept_(facts.kept), baseline_(*facts.baseline), rules_(rules) {
    for (const Document& document : kept_.documents) ++labels_[document.label];
    const auto least = static_cast<std::uint64_t>(contract.min_documents);
    const std::uint64_t fewest = std::min<std::uint64_t>(kept_.size(), baseline_.documents);
    if (fewest < least) {
      skipped_ = fmt::format("{} documents here, {} in the baseline, fewer than drift.min_documents = {}", kept_.size(),
                             baseline_.documents, least);
    }
  }

  void JudgeLabelShares(double limit) {
    const LabelChange largest = LargestChange(baseline_.labels, labels_);
    if (RuleOutcome* const breach = Add("drift.max_label_share_change", std::abs(largest.change), limit)) {
      AddLabelExamples(largest, breach);
    }
  }

  void JudgeLabelPsi(double limit) {
    if (RuleOutcome* const breach = Add("drift.max_label_psi", LabelPsi(baseline_.labels, labels_), limit)) {
      AddLabelExamples(LargestChange(baseline_.labels, labels_), breach);
    }
  }

  void JudgeLengthPsi(double limit) {
    const auto counts = CountLengths(kept_.documents, baseline_.length_edges);
    const double psi = PopulationStabilityIndex(baseline_.length_counts, counts);
    if (RuleOutcome* const breach = Add("drift.max_length_psi", psi, limit)) AddLengthExamples(breach);
  }

  void JudgeMedianLength(double limit) {
    const double change = std::abs(Median() - baseline_.median_bytes) / std::max(baseline_.median_bytes, 1.0);
    if (RuleOutcome* const breach = Add("drift.max_median_length_change", change, limit)) AddLengthExamples(breach);
  }

  void JudgeWords(double limit) {
    const std::vector<WordId>& vocabulary = baseline_.vocabulary;
    std::uint64_t all = 0;
    std::uint64_t unseen = 0;
    for (const auto& [word, count] : CountWords(kept_.documents)) {
      all += count;
      if (!std::binary_search(vocabulary.begin(), vocabulary.end(), word)) unseen += count;
    }
    const double share = static_cast<double>(unseen) / static_cast<double>(std::max<std::uint64_t>(all, 1));
    RuleOutcome* const breach = Add("drift.max_unseen_word_share", share, limit);
    if (breach == nullptr) return;
    const std::vector<double> shares = UnseenWordShares(kept_.documents, vocabulary);
    for (const std::size_t i : Heaviest(shares)) {
      breach->examples.push_back(kept_.Example(i, fmt::format("{:.1f}% of its words are unseen", 100 * shares[i])));
    }
  }

 private:
  /// The rule if it is breached, to be given examples; valid until the next Add().
  RuleOutcome* Add(std::string rule, double figure, double limit) {
    rules_->push_back({std::move(rule), figure, limit, false, skipped_, {}});
    return rules_->back().ok() ? nullptr : &rules_->back();
  }

  double Median() const { return Percentile(SortedLengths(kept_.documents), 50); }

  /// Rows of the label whose share changed most; none if it is gone.
  void AddLabelExamples(const LabelChange& largest, RuleOutcome* breach) const {
    const std::string detail =
        fmt::format("label '{}', whose share changed by {:+.1f} points", largest.label, 100 * largest.change);
    for (std::size_t i = 0; i < kept_.size() && breach->examples.size() < kMostRuleExamples; ++i) {
      if (kept_.documents[i].label == largest.label) breach->examples.push_back(kept_.Example(i, detail));
    }
  }

  /// The longest texts if texts grew, else the shortest.
  void AddLengthExamples(RuleOutcome* breach) const {
    const double median = Median();
    std::vector<double> weights;
    for (const Document& document : kept_.documents) {
      weights.push_back(static_cast<double>(document.text.size()) * (median < baseline_.median_bytes ? -1 : 1));
    }
    for (const std::size_t i : Heaviest(weights)) {
      breach->examples.push_back(
          kept_.Example(i, fmt::format("{} bytes; the median went from {} to {}", kept_.documents[i].text.size(),
                                       baseline_.median_bytes, median)));
    }
  }

  const KeptRows& kept_;
  const DataProfile& baseline_;
  std::vector<RuleOutcome>* rules_;
  LabelCounts labels_;
  std::string skipped_;
};

}  // namespace

void JudgeDrift(const DataContract::Drift& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules) {
  if (facts.baseline == nullptr || !contract.has_rules()) return;
  DriftJudge judge(contract, facts, rules);
  if (contract.max_label_share_change < 1) judge.JudgeLabelShares(contract.max_label_share_change);
  if (contract.max_label_psi < kInfinity) judge.JudgeLabelPsi(contract.max_label_psi);
  if (contract.max_length_psi < kInfinity) judge.JudgeLengthPsi(contract.max_length_psi);
  if (contract.max_median_length_change < kInfinity) judge.JudgeMedianLength(contract.max_median_length_change);
  if (contract.max_unseen_word_share < 1) judge.JudgeWords(contract.max_unseen_word_share);
}

}  // namespace valence::data::internal
