// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "valence/base/clock.h"
#include "valence/base/result.h"
#include "valence/classifier/classifier.h"
#include "valence/net/http_server.h"

namespace valence::serving {

/// Everything `valence serve` can be told.
struct ServeConfig {
  /// host, port, threads, limits and times. `drain_delay` applies to SIGTERM only: orchestrators need a moment to see
  /// that /readyz turned 503, a person pressing Ctrl-C does not.
  net::ServerOptions http;
  std::size_t max_batch_texts = 1000;  ///< 413 above
  std::string model_name = "model";    ///< label `name` of valence_model_info
  double model_load_seconds = 0;       ///< how long Classifier::Load took
  Stopwatch since_start;               ///< started when the process was; for the "ready in" line
};

/// Serves `classifier` over HTTP until SIGTERM or SIGINT, then drains and returns. Logs one line when ready. Errors: as
/// net::HttpServer::Listen.
Status Serve(std::shared_ptr<const classifier::Classifier> classifier, const ServeConfig& config);

}  // namespace valence::serving
