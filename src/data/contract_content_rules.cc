// SPDX-License-Identifier: Apache-2.0
// The rules about labels and texts.
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "contract_rules.h"
#include "text_statistics.h"

namespace valence::data::internal {
namespace {

/// The first kept rows for which `shows`, each with its label as detail.
template <class Shows>
std::vector<RowExample> LabelExamples(const KeptRows& kept, Shows shows) {
  std::vector<RowExample> examples;
  for (std::size_t i = 0; i < kept.size() && examples.size() < kMostRuleExamples; ++i) {
    const std::string& label = kept.documents[i].label;
    if (shows(label)) examples.push_back(kept.Example(i, fmt::format("label '{}'", label)));
  }
  return examples;
}

RuleOutcome AllowedLabels(const std::vector<std::string>& allowed, const KeptRows& kept) {
  const auto is_other = [&allowed](const std::string& label) {
    return std::find(allowed.begin(), allowed.end(), label) == allowed.end();
  };
  const auto others = std::count_if(kept.documents.begin(), kept.documents.end(),
                                    [&](const Document& document) { return is_other(document.label); });
  return {"labels.allowed", static_cast<double>(others), 0, false, "", LabelExamples(kept, is_other)};
}

/// The share of the rarest label if `is_minimum`, else of the commonest.
RuleOutcome LabelShare(std::string rule, double limit, bool is_minimum, const KeptRows& kept) {
  std::map<std::string, std::uint64_t> counts;
  for (const Document& document : kept.documents) ++counts[document.label];
  const auto by_count = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [rarest, commonest] = std::minmax_element(counts.begin(), counts.end(), by_count);
  const auto& extreme = is_minimum ? *rarest : *commonest;
  RuleOutcome outcome{std::move(rule),
                      static_cast<double>(extreme.second) / static_cast<double>(kept.size()),
                      limit,
                      is_minimum,
                      "",
                      {}};
  if (!outcome.ok()) {
    outcome.examples = LabelExamples(kept, [&extreme](const std::string& label) { return label == extreme.first; });
  }
  return outcome;
}

/// The shortest texts if `is_minimum`, else the longest.
std::vector<RowExample> LengthExamples(const KeptRows& kept, bool is_minimum) {
  std::vector<double> weights;
  for (const Document& document : kept.documents) {
    weights.push_back(static_cast<double>(document.text.size()) * (is_minimum ? -1 : 1));
  }
  std::vector<RowExample> examples;
  for (const std::size_t i : Heaviest(weights)) {
    examples.push_back(kept.Example(i, fmt::format("{} bytes", kept.documents[i].text.size())));
  }
  return examples;
}

void JudgeLengths(std::string_view key, const NumberMap& limits, bool is_minimum, const ContractFacts& facts,
                  std::vector<RuleOutcome>* rules) {
  for (const auto& [quantile, limit] : limits) {
    RuleOutcome outcome{
        fmt::format("text.{}.{}", key, quantile), facts.report.text_bytes.at(quantile), limit, is_minimum, "", {}};
    if (!outcome.ok()) outcome.examples = LengthExamples(facts.kept, is_minimum);
    rules->push_back(std::move(outcome));
  }
}

RuleOutcome AsciiShare(double limit, const KeptRows& kept, const std::vector<TextStatistics>& texts) {
  TextStatistics all;
  std::vector<double> weights;
  for (const TextStatistics& text : texts) {
    all.characters += text.characters;
    all.ascii += text.ascii;
    weights.push_back(-text.ascii_share());
  }
  RuleOutcome outcome{"text.min_ascii_share", all.ascii_share(), limit, true, "", {}};
  if (outcome.ok()) return outcome;
  for (const std::size_t i : Heaviest(weights)) {
    outcome.examples.push_back(kept.Example(i, fmt::format("{:.1f}% ASCII", 100 * texts[i].ascii_share())));
  }
  return outcome;
}

RuleOutcome EnglishShare(const DataContract::Texts& contract, const KeptRows& kept,
                         const std::vector<TextStatistics>& texts) {
  std::uint64_t english = 0;
  std::vector<RowExample> others;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].stop_word_share() >= contract.english_stop_words) {
      ++english;
    } else if (others.size() < kMostRuleExamples) {
      others.push_back(
          kept.Example(i, fmt::format("{} of {} words are English stop words", texts[i].stop_words, texts[i].words)));
    }
  }
  RuleOutcome outcome{"text.min_english_share",
                      static_cast<double>(english) / static_cast<double>(texts.size()),
                      contract.min_english_share,
                      true,
                      "",
                      {}};
  if (!outcome.ok()) outcome.examples = std::move(others);
  return outcome;
}

}  // namespace

void JudgeLabels(const DataContract::Labels& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules) {
  if (!contract.allowed.empty()) rules->push_back(AllowedLabels(contract.allowed, facts.kept));
  if (contract.min_share > 0) rules->push_back(LabelShare("labels.min_share", contract.min_share, true, facts.kept));
  if (contract.max_share < 1) rules->push_back(LabelShare("labels.max_share", contract.max_share, false, facts.kept));
}

void JudgeTexts(const DataContract::Texts& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules) {
  JudgeLengths("min_bytes", contract.min_bytes, true, facts, rules);
  JudgeLengths("max_bytes", contract.max_bytes, false, facts, rules);
  if (contract.min_ascii_share <= 0 && contract.min_english_share <= 0) return;
  const std::vector<TextStatistics> texts = DescribeTexts(facts.kept.documents);
  if (contract.min_ascii_share > 0) rules->push_back(AsciiShare(contract.min_ascii_share, facts.kept, texts));
  if (contract.min_english_share > 0) rules->push_back(EnglishShare(contract, facts.kept, texts));
}

}  // namespace valence::data::internal
