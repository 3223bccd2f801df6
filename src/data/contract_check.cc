// SPDX-License-Identifier: Apache-2.0
#include "contract_check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

namespace valence::data::internal {
namespace {

bool IsAbout(const DataContract& contract, const std::string& source) {
  const std::vector<std::string>& sources = contract.applies_to.sources;
  return sources.empty() || std::find(sources.begin(), sources.end(), source) != sources.end();
}

/// ingest.baseline, else what the contract names, beside it; empty if neither does.
std::filesystem::path BaselinePath(const IngestConfig& config, const std::optional<LoadedContract>& loaded) {
  if (!config.baseline.empty()) return config.baseline;
  if (!loaded.has_value() || loaded->contract.drift.baseline.empty()) return {};
  return std::filesystem::path(loaded->file).parent_path() / loaded->contract.drift.baseline;
}

Error NoBaseline(BaselineUse use, const std::string& file) {
  if (use == BaselineUse::kRenew) {
    return InvalidArgument(
        fmt::format("no file to write the baseline to; name one as drift.baseline in {} or as "
                    "ingest.baseline",
                    kContractFile));
  }
  return DataCorrupt(
      fmt::format("{}: drift has limits but no baseline to measure from; name the profile that 'valence "
                  "ingest --write-baseline' makes, such as baseline: data_profile.json",
                  file));
}

}  // namespace

Result<ContractCheck> ContractCheck::Load(const IngestConfig& config, BaselineUse use) {
  ContractCheck check;
  check.use_ = use;
  VALENCE_TRY(check.loaded_, LoadContract(config.contract));
  check.applies_ = check.loaded_.has_value() && IsAbout(check.loaded_->contract, config.source);
  check.baseline_path_ = BaselinePath(config, check.loaded_);
  const bool is_needed = use == BaselineUse::kRenew || check.has_drift_rules();
  if (is_needed && check.baseline_path_.empty()) return NoBaseline(use, check.loaded_ ? check.loaded_->file : "");
  if (use == BaselineUse::kCompare && check.has_drift_rules()) {
    VALENCE_TRY(check.baseline_, LoadProfile(check.baseline_path_));
  }
  return check;
}

ColumnAudit ContractCheck::MakeAudit(const IngestConfig& used) const {
  if (!applies_) return {};
  return {loaded_->contract.columns, {used.text_column, used.label_column, used.id_column}};
}

bool ContractCheck::needs_near_duplicates() const {
  if (!applies_) return false;
  const DataContract::NearDuplicates& rules = loaded_->contract.near_duplicates;
  return rules.max_share < 1 || rules.max_leakage_share < 1;
}

void ContractCheck::Judge(const ColumnAudit& columns, const std::vector<Row>& rows, const KeptRows& kept,
                          IngestReport* report, std::optional<RenewedBaseline>* renewed) const {
  std::optional<DataProfile> own;
  if (use_ == BaselineUse::kRenew) {
    own = MakeProfile(kept.documents);
    own->source = report->source;
    own->source_sha256 = report->source_sha256;
  }
  if (loaded_.has_value()) {
    ContractOutcome outcome;
    outcome.file = loaded_->file;
    outcome.sha256 = loaded_->sha256;
    if (applies_) {
      // Measured from itself, renewed data report what the next run over them will report.
      const DataProfile* const baseline = own.has_value() ? &*own : baseline_.has_value() ? &*baseline_ : nullptr;
      if (has_drift_rules()) {
        outcome.baseline = baseline_path_.string();
        outcome.baseline_sha256 = baseline->source_sha256;
      }
      outcome.rules = JudgeContract(loaded_->contract, {columns, rows, kept, *report, baseline});
    } else {
      outcome.not_applied =
          fmt::format("it is about the source {}", fmt::join(loaded_->contract.applies_to.sources, ", "));
      report->warnings.push_back(fmt::format("{} was not judged: {}", outcome.file, outcome.not_applied));
    }
    report->contract = std::move(outcome);
  }
  const bool holds = !report->contract.has_value() || report->contract->passed();
  if (own.has_value() && holds) *renewed = RenewedBaseline{baseline_path_, own->ToText()};
}

}  // namespace valence::data::internal
