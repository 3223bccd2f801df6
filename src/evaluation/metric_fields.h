// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <string_view>

#include "valence/evaluation/metrics.h"

namespace valence::evaluation {

/// A scalar of Metrics: its JSON key, where it lives, its name for people, and whether more is better.
struct MetricField {
  std::string_view name;
  double Metrics::*value;
  std::string_view title;
  bool more_is_better;
};

/// The one list of scalar metrics, in the order reports show them.
inline constexpr std::array<MetricField, 12> kMetricFields{{
    {"accuracy", &Metrics::accuracy, "Accuracy", true},
    {"precision_macro", &Metrics::precision_macro, "Precision (macro)", true},
    {"recall_macro", &Metrics::recall_macro, "Recall (macro)", true},
    {"f1_macro", &Metrics::f1_macro, "F1 (macro)", true},
    {"precision_weighted", &Metrics::precision_weighted, "Precision (weighted)", true},
    {"recall_weighted", &Metrics::recall_weighted, "Recall (weighted)", true},
    {"f1_weighted", &Metrics::f1_weighted, "F1 (weighted)", true},
    {"roc_auc", &Metrics::roc_auc, "ROC AUC", true},
    {"pr_auc", &Metrics::pr_auc, "PR AUC", true},
    {"log_loss", &Metrics::log_loss, "Log-loss", false},
    {"brier", &Metrics::brier, "Brier score", false},
    {"ece", &Metrics::ece, "Calibration error", false},
}};

}  // namespace valence::evaluation
