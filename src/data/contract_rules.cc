// SPDX-License-Identifier: Apache-2.0
#include "contract_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace valence::data::internal {
namespace {

using Reasons = std::vector<std::string_view>;

/// The first rejected rows with one of these reasons.
std::vector<RowExample> RejectedExamples(const ContractFacts& facts, const Reasons& reasons) {
  std::vector<RowExample> examples;
  for (const Row& row : facts.rows) {
    if (examples.size() == kMostRuleExamples) break;
    if (std::find(reasons.begin(), reasons.end(), row.reason) == reasons.end() || row.kept()) continue;
    examples.push_back(
        {facts.kept.sources[row.source], row.number, fmt::format("{}: {}", row.reason, row.detail), row.document.text});
  }
  return examples;
}

RuleOutcome RejectedRule(std::string rule, double limit, const Reasons& reasons, const ContractFacts& facts) {
  std::uint64_t count = 0;
  for (const std::string_view reason : reasons) {
    const auto found = facts.report.rejected_by_reason.find(std::string(reason));
    if (found != facts.report.rejected_by_reason.end()) count += found->second;
  }
  const double rows = static_cast<double>(std::max<std::uint64_t>(facts.report.input_rows, 1));
  RuleOutcome outcome{std::move(rule), static_cast<double>(count) / rows, limit, false, "", {}};
  if (!outcome.ok()) outcome.examples = RejectedExamples(facts, reasons);
  return outcome;
}

RuleOutcome NearDuplicateRule(std::string rule, double figure, double limit, bool only_leaking,
                              const NearDuplicateReport& report) {
  RuleOutcome outcome{std::move(rule), figure, limit, false, "", {}};
  if (outcome.ok()) return outcome;
  for (const NearDuplicateReport::Pair& pair : report.examples) {
    if (outcome.examples.size() == kMostRuleExamples) break;
    if (only_leaking && pair.first.side == pair.second.side) continue;
    RowExample example = pair.first.row;
    RowExample other = pair.second.row;
    other.detail = fmt::format("id {}, {}", other.detail, pair.second.side);
    example.detail = fmt::format("id {}, {}, {:.1f}% like {}", example.detail, pair.first.side, 100 * pair.similarity,
                                 ToText(other));
    outcome.examples.push_back(std::move(example));
  }
  return outcome;
}

}  // namespace

std::vector<std::size_t> Heaviest(const std::vector<double>& weights) {
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const std::size_t count = std::min(order.size(), kMostRuleExamples);
  std::partial_sort(
      order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
      [&weights](std::size_t a, std::size_t b) { return weights[a] != weights[b] ? weights[a] > weights[b] : a < b; });
  order.resize(count);
  return order;
}

void JudgeColumns(const DataContract::Columns& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules) {
  const ColumnAudit& audit = facts.columns;
  const std::string skipped = audit.rows() > 0 ? "" : "the source has no columns";
  const auto add = [&](const char* rule, double figure, double limit, const std::vector<RowExample>& examples) {
    RuleOutcome outcome{rule, figure, limit, false, skipped, {}};
    for (std::size_t i = 0; i < examples.size() && i < kMostRuleExamples && !outcome.ok(); ++i) {
      outcome.examples.push_back(examples[i]);
    }
    rules->push_back(std::move(outcome));
  };
  if (!contract.types.empty()) {
    add("columns.types", static_cast<double>(audit.missing().size()), 0, audit.missing());
    const double rows = static_cast<double>(std::max<std::uint64_t>(audit.rows(), 1));
    add("columns.max_mistyped_share", static_cast<double>(audit.mistyped_rows()) / rows, contract.max_mistyped_share,
        audit.mistyped());
  }
  if (!contract.allow_others) {
    add("columns.allow_others", static_cast<double>(audit.others().size()), 0, audit.others());
  }
}

void JudgeRows(const DataContract::Rows& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules) {
  if (contract.min_documents > 0) {
    rules->push_back({"rows.min_documents",
                      static_cast<double>(facts.report.kept_rows),
                      static_cast<double>(contract.min_documents),
                      true,
                      "",
                      {}});
  }
  const auto add = [&](const char* rule, double limit, const Reasons& reasons) {
    if (limit < 1) rules->push_back(RejectedRule(rule, limit, reasons, facts));
  };
  add("rows.max_rejected_share", contract.max_rejected_share, {kUnusable.begin(), kUnusable.end()});
  add("rows.max_empty_share", contract.max_empty_share, {kEmptyText});
  add("rows.max_duplicate_share", contract.max_duplicate_share, {kRepeated.begin(), kRepeated.end()});
  add("rows.max_conflict_share", contract.max_conflict_share, {kConflictingLabel});
}

void JudgeNearDuplicates(const DataContract::NearDuplicates& contract, const ContractFacts& facts,
                         std::vector<RuleOutcome>* rules) {
  if (!facts.report.near_duplicates.has_value()) return;
  const NearDuplicateReport& report = *facts.report.near_duplicates;
  if (contract.max_share < 1) {
    rules->push_back(NearDuplicateRule("near_duplicates.max_share", report.share, contract.max_share, false, report));
  }
  if (contract.max_leakage_share < 1) {
    rules->push_back(NearDuplicateRule("near_duplicates.max_leakage_share", report.leakage_share,
                                       contract.max_leakage_share, true, report));
  }
}

std::vector<RuleOutcome> JudgeContract(const DataContract& contract, const ContractFacts& facts) {
  std::vector<RuleOutcome> rules;
  JudgeColumns(contract.columns, facts, &rules);
  JudgeLabels(contract.labels, facts, &rules);
  JudgeRows(contract.rows, facts, &rules);
  JudgeTexts(contract.text, facts, &rules);
  JudgeNearDuplicates(contract.near_duplicates, facts, &rules);
  JudgeDrift(contract.drift, facts, &rules);
  return rules;
}

}  // namespace valence::data::internal
