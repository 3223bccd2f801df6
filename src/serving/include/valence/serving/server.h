// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <vector>

#include "valence/base/clock.h"
#include "valence/base/result.h"
#include "valence/classifier/classifier.h"
#include "valence/net/http_server.h"
#include "valence/serving/served_model.h"
#include "valence/tracking/feedback_store.h"

namespace valence::serving {

/// Everything `valence serve` can be told.
struct ServeConfig {
  /// host, port, threads, limits and times. `drain_delay` applies to SIGTERM only: orchestrators need a moment to see
  /// that /readyz turned 503, a person pressing Ctrl-C does not.
  net::ServerOptions http;
  std::size_t max_batch_texts = 1000;     ///< 413 above
  std::size_t max_text_bytes = 1u << 20;  ///< 413 above
  /// As in ServiceOptions.
  std::shared_ptr<tracking::FeedbackStore> feedback = nullptr;
  std::size_t feedback_recall_bytes = 64u << 20;
  double model_load_seconds = 0;  ///< how long Classifier::Load took, for all models
  Stopwatch since_start;          ///< started when the process was; for the "ready in" line
};

/// A model to serve from the start.
struct LoadedModel {
  ModelId id;
  std::shared_ptr<const classifier::Classifier> classifier;
};

/// Serves `models`, of which the first one's name is the default, over HTTP until SIGTERM or SIGINT, then drains and
/// returns. Logs one line when ready. Requires at least one model. Errors: as net::HttpServer::Listen.
Status Serve(std::vector<LoadedModel> models, const ServeConfig& config);

}  // namespace valence::serving
