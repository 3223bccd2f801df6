// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>

#include "contract_rules.h"
#include "valence/base/result.h"
#include "valence/data/contract.h"
#include "valence/data/ingest.h"

namespace valence::data::internal {

/// The contract of one ingest: read before the data are, judged when they are known. Movable, not thread-safe.
class ContractCheck {
 public:
  /// Reads the contract and, if it has drift rules that apply, its baseline. Errors: as LoadContract's and
  /// LoadProfile's; kInvalidArgument if a baseline is to be renewed and none is named.
  static Result<ContractCheck> Load(const IngestConfig& config, BaselineUse use);

  /// Whether there are rules to judge.
  bool applies() const { return applies_; }
  /// What the record readers shall look at. `used` is the configuration that they read with.
  ColumnAudit MakeAudit(const IngestConfig& used) const;
  /// Whether a rule is about near-duplicates.
  bool needs_near_duplicates() const;

  /// Sets report->contract, and *renewed if the contract holds and the baseline is to be renewed. Requires at least one
  /// kept row.
  void Judge(const ColumnAudit& columns, const std::vector<Row>& rows, const KeptRows& kept, IngestReport* report,
             std::optional<RenewedBaseline>* renewed) const;

 private:
  bool has_drift_rules() const { return applies_ && loaded_->contract.drift.has_rules(); }

  std::optional<LoadedContract> loaded_;
  bool applies_ = false;
  BaselineUse use_ = BaselineUse::kCompare;
  std::filesystem::path baseline_path_;
  std::optional<DataProfile> baseline_;
};

}  // namespace valence::data::internal
