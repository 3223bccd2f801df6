// SPDX-License-Identifier: Apache-2.0
#include "valence/evaluation/data_report.h"

#include <fmt/format.h>

#include "html.h"
#include "html_page.h"
#include "report_sections.h"
#include "valence/base/numbers.h"

namespace valence::evaluation {
namespace {

std::string TextOf(const Json& json, std::string_view key) {
  const Json* const value = json.Find(key);
  return value != nullptr && value->is_string() ? EscapeHtml(value->string()) : "";
}

/// A figure with all its digits: one that just misses a limit must not read as if it had met it.
std::string FigureOf(const Json& json, std::string_view key) {
  const Json* const value = json.Find(key);
  if (value == nullptr || !value->is_number()) return "";
  return value->is_int() ? WithThousands(value->integer()) : FormatDouble(value->number());
}

std::string ShareOf(const Json& json, std::string_view key) {
  const Json* const value = json.Find(key);
  return value != nullptr && value->is_number() ? FormatShare(value->number()) : "";
}

bool IsTrue(const Json& json, std::string_view key) {
  const Json* const value = json.Find(key);
  return value != nullptr && value->is_bool() && value->boolean();
}

const Json::Array& ListOf(const Json& json, std::string_view key) {
  static const Json::Array none;
  const Json* const value = json.Find(key);
  return value != nullptr && value->is_array() ? value->array() : none;
}

std::string Badge(bool is_good, std::string_view good, std::string_view bad) {
  return fmt::format(R"(<span class="badge {}">{}</span>)", is_good ? "pass" : "fail", is_good ? good : bad);
}

std::string PlaceOf(const Json& row) {
  const std::string number = FigureOf(row, "row");
  return TextOf(row, "source") + (number.empty() ? "" : " row " + number);
}

std::string Quote(const Json& row) {
  const std::string text = TextOf(row, "text");
  return text.empty() ? "" : fmt::format("<blockquote>{}</blockquote>\n", text);
}

std::string ExampleOf(const Json& row) {
  return fmt::format(
      "<article class=\"document\">\n<p class=\"verdict\"><span class=\"code\">{}</span><span>{}</span></p>\n"
      "{}</article>\n",
      PlaceOf(row), TextOf(row, "detail"), Quote(row));
}

/// "<= 0.1", or what the rule waits for.
std::string LimitOf(const Json& rule) {
  return rule.Find("minimum") != nullptr ? "&ge; " + FigureOf(rule, "minimum") : "&le; " + FigureOf(rule, "maximum");
}

std::string RulesTable(const Json& contract) {
  HtmlTable table("", {{"Rule"}, {"Figure", true}, {"Limit", true}, {"Verdict"}});
  for (const Json& rule : ListOf(contract, "rules")) {
    const std::string skipped = TextOf(rule, "skipped");
    table.AddRow({fmt::format("<code>{}</code>", TextOf(rule, "rule")), FigureOf(rule, "figure"), LimitOf(rule),
                  skipped.empty() ? Badge(IsTrue(rule, "ok"), "Held", "Breached") : "not judged: " + skipped});
  }
  return table.empty() ? "" : Panel(table.ToHtml());
}

std::string Contract(const Json& contract) {
  if (!contract.is_object()) return "";
  std::string out = fmt::format("<p>From <code>{}</code>.", TextOf(contract, "file"));
  const std::string not_applied = TextOf(contract, "not_applied");
  if (!not_applied.empty()) out += " It was not judged: " + not_applied + ".";
  const std::string baseline = TextOf(contract, "baseline");
  if (!baseline.empty()) out += fmt::format(" Drift is measured from <code>{}</code>.", baseline);
  out += "</p>\n" + RulesTable(contract);
  for (const Json& rule : ListOf(contract, "rules")) {
    std::string examples;
    for (const Json& row : ListOf(rule, "examples")) examples += ExampleOf(row);
    if (examples.empty()) continue;
    out += fmt::format("<h3>Rows that breach <code>{}</code></h3>\n", TextOf(rule, "rule")) + Panel(examples);
  }
  return out;
}

std::string PairOf(const Json& pair) {
  std::string out = fmt::format("<article class=\"document\">\n<p class=\"verdict\"><span><b>{}</b> alike</span></p>\n",
                                ShareOf(pair, "similarity"));
  for (const char* const key : {"first", "second"}) {
    const Json* const row = pair.Find(key);
    if (row == nullptr) continue;
    out += fmt::format(
        "<p class=\"verdict\"><span>{}</span><span><b>{}</b></span><span class=\"muted code\">{}</span>"
        "</p>\n{}",
        TextOf(*row, "side"), TextOf(*row, "label"), PlaceOf(*row), Quote(*row));
  }
  return out + "</article>\n";
}

std::string NearDuplicates(const Json& near_duplicates) {
  if (!near_duplicates.is_object()) return "";
  HtmlTable table("", {{""}, {"Count", true}, {"Share", true}});
  table.AddRow(
      {"documents with a near-duplicate", FigureOf(near_duplicates, "documents"), ShareOf(near_duplicates, "share")});
  table.AddRow({"test documents with one in train", FigureOf(near_duplicates, "leaking_documents"),
                ShareOf(near_duplicates, "leakage_share")});
  table.AddRow({"pairs within train", FigureOf(near_duplicates, "train_pairs"), ""});
  table.AddRow({"pairs within test", FigureOf(near_duplicates, "test_pairs"), ""});
  table.AddRow({"pairs across", FigureOf(near_duplicates, "leaking_pairs"), ""});
  std::string examples;
  for (const Json& pair : ListOf(near_duplicates, "examples")) examples += PairOf(pair);
  return fmt::format("<p>Texts that share at least {} of their distinct word triples.</p>\n",
                     ShareOf(near_duplicates, "similarity")) +
         Panel(table.ToHtml()) + (examples.empty() ? "" : "<h3>Examples</h3>\n" + Panel(examples));
}

std::string Header(const Json& report, const Json& contract) {
  const bool is_judged = contract.is_object() && contract.Find("rules") != nullptr;
  return fmt::format(
             "<header>\n<p class=\"eyebrow\">Data report</p>\n<div class=\"title\"><h1>{}</h1>{}</div>\n"
             "<dl class=\"facts\">\n",
             TextOf(report, "source"),
             is_judged ? Badge(IsTrue(contract, "passed"), "Contract held", "Contract breached") : "") +
         Fact("Rows read", FigureOf(report, "input_rows")) + Fact("Kept", FigureOf(report, "kept_rows")) +
         Fact("Train", FigureOf(report, "train_rows")) + Fact("Test", FigureOf(report, "test_rows")) +
         "</dl>\n</header>\n";
}

Json Member(const Json& json, std::string_view key) {
  const Json* const value = json.Find(key);
  return value == nullptr ? Json() : *value;
}

}  // namespace

Json SummariseDataReport(const Json& data_report) {
  if (!data_report.is_object()) return data_report;
  Json summary = Json::MakeObject();
  for (const auto& [key, value] : data_report.object()) {
    if (!value.is_object()) {
      if (!value.is_null()) summary.Set(key, value);
      continue;
    }
    Json kept = Json::MakeObject();
    for (const auto& [name, member] : value.object()) {
      if (!member.is_array()) kept.Set(name, member);
    }
    if (key == "contract") kept.Set("rules", std::uint64_t{ListOf(value, "rules").size()});
    summary.Set(key, std::move(kept));
  }
  return summary;
}

std::string RenderDataReport(const Json& data_report, std::string_view valence_version) {
  const Json contract = Member(data_report, "contract");
  Json facts = SummariseDataReport(data_report);
  Json others = Json::MakeObject();
  if (facts.is_object()) {
    for (auto& [key, value] : facts.object()) {
      if (key != "contract" && key != "near_duplicates") others.Set(key, std::move(value));
    }
  }
  std::string out = PageHead("Data report", valence_version, "");
  out += "<body>\n<div class=\"wrap\">\n" + Header(data_report, contract) + "<main>\n";
  out += Section("contract", "Data contract", Contract(contract));
  out += Section("rows", "Rows, labels and lengths", JsonFacts(others));
  out += Section("near-duplicates", "Near-duplicates", NearDuplicates(Member(data_report, "near_duplicates")));
  return out + PageFooter(valence_version) + "</body>\n</html>\n";
}

}  // namespace valence::evaluation
