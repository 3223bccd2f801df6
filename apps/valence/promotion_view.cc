// SPDX-License-Identifier: Apache-2.0
#include "promotion_view.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <cmath>
#include <ctime>

#include "table.h"
#include "terminal.h"
#include "valence/registry/model_source.h"

namespace valence::app {
namespace {

using Align = Table::Align;

std::string Figure(double value) { return std::isnan(value) ? "-" : fmt::format("{:.4f}", value); }

void AddRow(const registry::ComparedMetric& row, Table* table) {
  const double difference = row.challenger - row.champion;
  table->Add({row.name, Figure(row.challenger), Figure(row.champion),
              std::isnan(difference) ? "" : fmt::format("{:+.4f}", difference)});
}

std::string Joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

std::string OutcomeText(const pipeline::Params& params, const pipeline::Promoted& p) {
  const std::string& alias = params.promote.alias;
  if (p.moved) {
    return fmt::format("{} is now version {}{}", Styled(alias, "1"), p.to,
                       p.from.empty() ? " (there was none before)" : fmt::format(" (was {})", p.from));
  }
  if (!p.verdict.passed) return fmt::format("{} stays {}", Styled(alias, "1"), p.from.empty() ? "unset" : p.from);
  if (p.from == p.to) return fmt::format("version {} is {} already", p.to, Styled(alias, "1"));
  return fmt::format("version {} would be promoted", p.to);
}

}  // namespace

std::string PromotedText(const pipeline::Params& params, const pipeline::Promoted& p) {
  const auto& verdict = p.verdict;
  const std::string champion = verdict.champion.empty() ? "no champion" : "champion " + verdict.champion;
  Table table({{"metric"},
               {"challenger " + verdict.challenger, Align::kRight},
               {champion, Align::kRight},
               {"difference", Align::kRight}});
  for (const auto& row : verdict.metrics) AddRow(row, &table);
  for (const auto& row : verdict.slices) {
    AddRow({"accuracy, " + row.name, row.challenger, row.champion}, &table);
  }
  std::string out = "\n" + table.Render() + "\n";
  for (const auto& check : verdict.checks) {
    out +=
        fmt::format("  {}  {}: {}\n", check.passed ? Styled("ok", "32") : Styled("NO", "31"), check.name, check.detail);
  }
  return out + "\n  " + OutcomeText(params, p) + "\n";
}

Json PromotedJson(const pipeline::Params& params, const pipeline::Promoted& p) {
  Json json = p.verdict.ToJson();
  return json.Set("model", params.registering.model)
      .Set("alias", params.promote.alias)
      .Set("from", p.from.empty() ? Json() : Json(p.from))
      .Set("to", p.to)
      .Set("moved", p.moved);
}

std::string TimeText(std::int64_t milliseconds) {
  if (milliseconds <= 0) return {};
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(milliseconds / 1000)));
}

Json VersionJson(const tracking::ModelVersion& version) {
  Json tags = Json::MakeObject();
  for (const auto& tag : version.tags) tags.Set(tag.key, tag.value);
  return Json::MakeObject({{"name", version.name},
                           {"version", version.version},
                           {"aliases", Json::ArrayOf(version.aliases)},
                           {"stage", version.current_stage},
                           {"status", version.status},
                           {"run_id", version.run_id},
                           {"model_id", version.model_id},
                           {"source", version.source},
                           {"description", version.description},
                           {"created", version.creation_timestamp},
                           {"digest", FindTag(version.tags, registry::kDigestTag)},
                           {"tags", std::move(tags)}});
}

Outcome PrintVersion(const Context& context, const tracking::ModelVersion& version) {
  if (context.json) {
    VALENCE_RETURN_IF_ERROR(Print(VersionJson(version).Dump(2) + '\n'));
    return kSuccess;
  }
  Table table({{"version"}, {fmt::format("{} {}", version.name, version.version)}});
  table.Add({"aliases", Joined(version.aliases)});
  table.Add({"stage", version.current_stage});
  table.Add({"digest", std::string(FindTag(version.tags, registry::kDigestTag))});
  table.Add({"run", version.run_id});
  table.Add({"source", version.source});
  table.Add({"created", TimeText(version.creation_timestamp)});
  VALENCE_RETURN_IF_ERROR(Print(table.Render()));
  return kSuccess;
}

std::string VersionsTable(const std::vector<tracking::ModelVersion>& versions) {
  Table table({{"model"}, {"version", Align::kRight}, {"aliases"}, {"stage"}, {"digest"}, {"run"}, {"created (UTC)"}});
  for (const auto& version : versions) {
    table.Add({version.name, version.version, Joined(version.aliases), version.current_stage,
               std::string(FindTag(version.tags, registry::kDigestTag)).substr(0, 19), version.run_id.substr(0, 8),
               TimeText(version.creation_timestamp)});
  }
  return table.Render();
}

std::string HistoryTable(const std::vector<registry::Move>& history) {
  Table table(
      {{"time (UTC)"}, {"action"}, {"alias"}, {"from", Align::kRight}, {"to", Align::kRight}, {"who"}, {"reason"}});
  for (const auto& move : history) {
    table.Add({move.time, move.action, move.alias, move.from.empty() ? "-" : move.from, move.to.empty() ? "-" : move.to,
               move.who, Printable(move.reason)});
  }
  return table.Render();
}

}  // namespace valence::app
