// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <vector>

#include "column_audit.h"
#include "data_profile.h"
#include "kept_rows.h"
#include "near_duplicates.h"
#include "valence/data/contract.h"
#include "valence/data/ingest.h"

namespace valence::data::internal {

/// What rules are judged on. All references must outlive it.
struct ContractFacts {
  const ColumnAudit& columns;
  const std::vector<Row>& rows;  ///< rejected ones with their reasons; texts of kept ones are gone
  const KeptRows& kept;
  const IngestReport& report;  ///< with shares, labels, lengths and near-duplicates
  const DataProfile* baseline = nullptr;
};

/// Judges every rule that the contract has, in the order of its sections. A breached rule carries up to three rows.
std::vector<RuleOutcome> JudgeContract(const DataContract& contract, const ContractFacts& facts);

// The sections, each adding its rules.
void JudgeColumns(const DataContract::Columns& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules);
void JudgeRows(const DataContract::Rows& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules);
void JudgeLabels(const DataContract::Labels& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules);
void JudgeTexts(const DataContract::Texts& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules);
void JudgeNearDuplicates(const DataContract::NearDuplicates& contract, const ContractFacts& facts,
                         std::vector<RuleOutcome>* rules);
void JudgeDrift(const DataContract::Drift& contract, const ContractFacts& facts, std::vector<RuleOutcome>* rules);

inline constexpr std::size_t kMostRuleExamples = 3;

/// The kept rows with the largest `weight`, largest first; of equals the earlier one.
std::vector<std::size_t> Heaviest(const std::vector<double>& weights);

}  // namespace valence::data::internal
