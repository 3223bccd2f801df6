// SPDX-License-Identifier: Apache-2.0
#include "valence/data/contract.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/base/numbers.h"
#include "valence/base/yaml.h"

namespace valence::data {
namespace {

constexpr std::size_t kMaxFileBytes = 1 << 20;
constexpr std::array<std::string_view, 4> kTypes = {"string", "integer", "number", "boolean"};
constexpr std::array<std::string_view, 8> kQuantiles = {"min", "p05", "p25", "p50", "p75", "p95", "max", "mean"};

template <class Names>
bool Has(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// "data_contract.yaml:7: text.min_bytes.p5" for an entry of a map.
std::string PlaceOf(const Yaml& file, std::string_view where, std::string_view section, std::string_view key,
                    std::string_view entry) {
  const Yaml* const keys = file.Find(section);
  const Yaml* const entries = keys == nullptr ? nullptr : keys->Find(key);
  const Yaml* const value = entries == nullptr ? nullptr : entries->Find(entry);
  return fmt::format("{}:{}: {}.{}.{}", where, value == nullptr ? file.line : value->line, section, key, entry);
}

/// What the field descriptions cannot say: the values and keys inside maps.
Status CheckMaps(const DataContract& contract, const Yaml& file, std::string_view where) {
  for (const auto& [column, type] : contract.columns.types) {
    if (Has(kTypes, type)) continue;
    return DataCorrupt(fmt::format("{}: expected one of {}, got '{}'", PlaceOf(file, where, "columns", "types", column),
                                   fmt::join(kTypes, ", "), type));
  }
  for (const std::string_view key : {"min_bytes", "max_bytes"}) {
    for (const auto& [quantile, bytes] : key == "min_bytes" ? contract.text.min_bytes : contract.text.max_bytes) {
      const std::string place = PlaceOf(file, where, "text", key, quantile);
      if (!Has(kQuantiles, quantile)) {
        return DataCorrupt(fmt::format("{}: unknown quantile; known are: {}", place, fmt::join(kQuantiles, ", ")));
      }
      if (!(bytes >= 0)) return DataCorrupt(fmt::format("{}: expected bytes >= 0, got {}", place, bytes));
    }
  }
  return Ok();
}

}  // namespace

Result<DataContract> ParseContract(std::string_view text, std::string_view where) {
  DataContract contract;
  Status applied = ApplyYamlFile(contract.Sections(), text, where);
  // A contract is data: whatever is wrong with it is of the same kind, whoever found it.
  if (!applied.has_value()) return DataCorrupt(std::move(applied).error().message);
  VALENCE_TRY(const Yaml file, Yaml::Parse(text, where));
  VALENCE_RETURN_IF_ERROR(CheckMaps(contract, file, where));
  return contract;
}

Result<std::optional<LoadedContract>> LoadContract(const std::string& ingest_contract) {
  if (ingest_contract.empty()) return std::optional<LoadedContract>();
  const bool is_auto = ingest_contract == kAutoContract;
  LoadedContract loaded;
  loaded.file = is_auto ? std::string(kContractFile) : ingest_contract;
  const auto text = ReadFile(loaded.file, kMaxFileBytes);
  if (!text.has_value()) {
    if (text.error().code == ErrorCode::kResourceExhausted) return DataCorrupt(text.error().message);
    if (text.error().code != ErrorCode::kNotFound) return text.error();
    if (is_auto) return std::optional<LoadedContract>();
    return NotFound(fmt::format("ingest.contract: there is no file {}", loaded.file));
  }
  VALENCE_TRY(loaded.contract, ParseContract(*text, loaded.file));
  loaded.sha256 = Sha256Hex(*text);
  return std::optional<LoadedContract>(std::move(loaded));
}

std::string ToText(const RowExample& example) {
  const std::string row = example.row == 0 ? "" : fmt::format(" row {}", example.row);
  return fmt::format("{}{}: {}", example.source, row, example.detail);
}

bool RuleOutcome::ok() const { return !skipped.empty() || (is_minimum ? figure >= limit : figure <= limit); }

std::string Message(const RuleOutcome& outcome) {
  if (!outcome.skipped.empty()) return fmt::format("{}: not judged: {}", outcome.rule, outcome.skipped);
  const std::string_view above = outcome.ok() ? "within" : outcome.is_minimum ? "below" : "above";
  // All digits: 0.10001 rounded would read as if it had met 0.1.
  return fmt::format("{}: {} is {} the limit {}", outcome.rule, FormatDouble(outcome.figure), above,
                     FormatDouble(outcome.limit));
}

bool ContractOutcome::passed() const {
  return std::all_of(rules.begin(), rules.end(), [](const RuleOutcome& rule) { return rule.ok(); });
}

}  // namespace valence::data
