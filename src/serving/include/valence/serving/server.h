// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "valence/base/clock.h"
#include "valence/base/result.h"
#include "valence/net/http_server.h"
#include "valence/serving/guard_options.h"
#include "valence/serving/model_lifecycle.h"
#include "valence/serving/side_listener.h"
#include "valence/tracking/feedback_store.h"

namespace valence::serving {

/// What is served, and how it is kept as its sources are.
struct LifecycleOptions {
  std::vector<ModelSpec> models;  ///< the first, which is kServed, is the default
  ModelLoader loader;
  std::chrono::milliseconds watch_interval{0};  ///< between two looks at the sources; 0: only when told
};

/// Where models are changed by hand (docs/serving.md).
struct AdminOptions {
  bool enabled = false;
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0 picks a free one, which the log names
  std::string token;       ///< required; what callers must know
};

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
  GuardOptions guard;
  LifecycleOptions lifecycle;
  AdminOptions admin;
  SideListenerOpener open_side_listener = nullptr;  ///< gRPC's, say; nullptr: HTTP alone
  Stopwatch since_start;                            ///< started when the process was; for the "ready in" line
};

/// Serves the models of `config.lifecycle` over HTTP until SIGTERM or SIGINT, then drains and returns; SIGHUP loads
/// them again. Logs one line when ready. Errors: as ModelLifecycle::Start and net::HttpServer::Listen.
Status Serve(const ServeConfig& config);

}  // namespace valence::serving
