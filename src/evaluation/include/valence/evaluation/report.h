// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/json.h"
#include "valence/evaluation/curves.h"
#include "valence/evaluation/metrics.h"

namespace valence::evaluation {

/// Section `evaluate` of params.yaml.
struct EvaluateConfig {
  std::int64_t bootstrap_resamples = 1000;
  std::int64_t seed = 42;
  std::int64_t worst_documents = 20;                                             ///< listed in the report
  std::int64_t top_words = 25;                                                   ///< per class
  NumberMap minimum{{"accuracy", 0.75}, {"f1_macro", 0.75}, {"roc_auc", 0.80}};  ///< gate: metric -> least value
  NumberMap maximum{{"ece", 0.10}};                                              ///< gate: metric -> greatest value

  void Describe(FieldVisitor& v);
  bool operator==(const EvaluateConfig&) const = default;
};

struct GateCheck {
  std::string metric;
  double value = 0;
  double bound = 0;
  bool is_minimum = true;
  bool passed = false;
};
struct GateResult {
  bool passed = true;
  std::vector<GateCheck> checks;
};
/// Error: kInvalidArgument for an unknown metric name. A NaN fails.
Result<GateResult> CheckGate(const Metrics& metrics, const EvaluateConfig& config);
/// One sentence for a person, such as "accuracy 0.731 is below the minimum 0.75".
std::string Message(const GateCheck& check);

struct WrongDocument {
  std::string id, text, truth, predicted;
  double probability = 0;  ///< given to the wrong label
};
struct TopWord {
  std::string term;
  double weight = 0;
};

/// All that report.html and model_card.md show.
struct ReportInput {
  std::string title;
  std::string model_digest;  ///< SHA-256 of the model's tensors
  std::string valence_version;
  std::vector<std::string> labels;
  Metrics metrics;
  std::vector<Slice> slices;
  std::vector<Curve> curves;
  GateResult gate;
  std::vector<WrongDocument> worst;
  std::vector<std::vector<TopWord>> top_words;                  ///< per class, strongest first
  std::vector<std::pair<std::string, std::string>> parameters;  ///< flattened "train.C" -> "1.0"
  Json data_report;                                             ///< reports/data.json, or null
  Json certificate;                                             ///< the fit's certificate, or null
};

/// One self-contained HTML page that opens offline: metrics with intervals, gate, confusion matrix, curves,
/// calibration, slices, most wrong documents, top words, parameters. Pictures by Vega-Lite, embedded; strict CSP by
/// hashes; all texts escaped; no timings, so equal input, equal bytes.
std::string RenderReport(const ReportInput& input);

/// Markdown model card (Mitchell et al. 2019; Hugging Face's YAML head).
std::string RenderModelCard(const ReportInput& input);

}  // namespace valence::evaluation
