// SPDX-License-Identifier: Apache-2.0
// Test-only, for tests/parity/evaluation and tests/browser; not part of the product.
//   evaluation_tool metrics RESAMPLES SEED < scored.json > figures.json
//     scored.json: {"labels": [..], "truth": [..], "predicted": [..], "probabilities": [row-major], "text_bytes": [..]}
//   evaluation_tool report FOLDER CLASSES     writes FOLDER/report.html and model_card.md of a made-up model
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "sample_report.h"
#include "valence/base/clock.h"
#include "valence/base/files.h"
#include "valence/base/json.h"
#include "valence/evaluation/curves.h"
#include "valence/evaluation/metrics.h"
#include "valence/evaluation/report.h"

namespace {

using valence::Json;
using valence::Result;
using valence::Status;
namespace evaluation = valence::evaluation;

evaluation::Scored ScoredFrom(const Json& json) {
  evaluation::Scored scored;
  for (const Json& v : json.Find("labels")->array()) scored.labels.push_back(v.string());
  for (const Json& v : json.Find("truth")->array()) scored.truth.push_back(static_cast<std::int32_t>(v.integer()));
  for (const Json& v : json.Find("predicted")->array()) {
    scored.predicted.push_back(static_cast<std::int32_t>(v.integer()));
  }
  for (const Json& v : json.Find("probabilities")->array()) scored.probabilities.push_back(v.number());
  for (const Json& v : json.Find("text_bytes")->array()) {
    scored.text_bytes.push_back(static_cast<std::uint64_t>(v.integer()));
  }
  return scored;
}

Status PrintMetrics(std::int64_t resamples, std::uint32_t seed) {
  VALENCE_TRY(const std::string text, valence::ReadFile("/dev/stdin"));
  VALENCE_TRY(const Json json, Json::Parse(text));
  const evaluation::Scored scored = ScoredFrom(json);
  VALENCE_TRY(evaluation::Metrics metrics, evaluation::ComputeMetrics(scored));
  const auto start = std::chrono::steady_clock::now();
  metrics.intervals = evaluation::BootstrapIntervals(scored, resamples, seed);
  const std::chrono::duration<double> bootstrap = std::chrono::steady_clock::now() - start;

  Json out = Json::MakeObject({{"metrics", evaluation::ToJson(metrics, scored.labels)}});
  out.Set("bootstrap_seconds", bootstrap.count());
  for (const evaluation::Curve& curve : evaluation::ComputeCurves(scored)) out["curves"].Set(curve.name, curve.ToCsv());
  for (const evaluation::Slice& slice : evaluation::SlicesByLength(scored)) {
    out["slices"].Set(slice.name, evaluation::ToJson(slice.metrics, scored.labels));
  }
  std::cout << out.Dump() << "\n";
  return valence::Ok();
}

Status WriteReport(const std::string& folder, std::size_t classes) {
  const evaluation::ReportInput input = evaluation::SampleReport(classes);
  VALENCE_RETURN_IF_ERROR(valence::WriteFile(folder + "/report.html", evaluation::RenderReport(input)));
  return valence::WriteFile(folder + "/model_card.md", evaluation::RenderModelCard(input));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: evaluation_tool metrics RESAMPLES SEED | evaluation_tool report FOLDER CLASSES\n";
    return 2;
  }
  const bool is_report = std::string_view(argv[1]) == "report";
  const Status status = is_report ? WriteReport(argv[2], std::strtoull(argv[3], nullptr, 10))
                                  : PrintMetrics(std::strtoll(argv[2], nullptr, 10),
                                                 static_cast<std::uint32_t>(std::strtoul(argv[3], nullptr, 10)));
  if (status.has_value()) return 0;
  std::cerr << status.error().message << "\n";
  return 70;
}
