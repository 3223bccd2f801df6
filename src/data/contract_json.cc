// SPDX-License-Identifier: Apache-2.0
#include "report_json.h"
#include "valence/data/contract.h"
#include "valence/data/near_duplicate_report.h"

namespace valence::data {
namespace {

Json ToJson(const RuleOutcome& rule) {
  Json json = Json::MakeObject({{"rule", rule.rule}, {"ok", rule.ok()}});
  if (rule.skipped.empty()) {
    json.Set("figure", rule.figure);
  } else {
    json.Set("skipped", rule.skipped);
  }
  json.Set(rule.is_minimum ? "minimum" : "maximum", rule.limit);
  if (rule.examples.empty()) return json;
  Json examples = Json::MakeArray();
  for (const RowExample& example : rule.examples) examples.Push(internal::ToJson(example));
  return json.Set("examples", std::move(examples));
}

Json ToJson(const NearDuplicateReport::Member& member) {
  Json json = Json::MakeObject({{"id", member.row.detail}, {"source", member.row.source}});
  if (member.row.row > 0) json.Set("row", member.row.row);
  return json.Set("side", member.side).Set("label", member.label).Set("text", member.row.text);
}

}  // namespace

Json internal::ToJson(const RowExample& example) {
  Json json = Json::MakeObject({{"source", example.source}});
  if (example.row > 0) json.Set("row", example.row);
  json.Set("detail", example.detail);
  if (!example.text.empty()) json.Set("text", example.text);
  return json;
}

Json ContractOutcome::ToJson() const {
  Json json = Json::MakeObject({{"file", file}, {"sha256", sha256}, {"passed", passed()}});
  if (!not_applied.empty()) return json.Set("not_applied", not_applied);
  if (!baseline.empty()) {
    json.Set("baseline", baseline);
    json.Set("baseline_data_sha256", baseline_sha256);
  }
  Json list = Json::MakeArray();
  for (const RuleOutcome& rule : rules) list.Push(data::ToJson(rule));
  return json.Set("rules", std::move(list));
}

Json NearDuplicateReport::ToJson() const {
  Json list = Json::MakeArray();
  for (const Pair& pair : examples) {
    list.Push(Json::MakeObject(
        {{"similarity", pair.similarity}, {"first", data::ToJson(pair.first)}, {"second", data::ToJson(pair.second)}}));
  }
  return Json::MakeObject({{"similarity", similarity},
                           {"pairs", pairs},
                           {"train_pairs", train_pairs},
                           {"test_pairs", test_pairs},
                           {"leaking_pairs", leaking_pairs},
                           {"documents", documents},
                           {"share", share},
                           {"leaking_documents", leaking_documents},
                           {"leakage_share", leakage_share},
                           {"examples", std::move(list)}});
}

}  // namespace valence::data
