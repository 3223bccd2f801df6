// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/clock.h"
#include "valence/net/http_server.h"
#include "valence/serving/model_repository.h"
#include "valence/tracking/feedback_store.h"

namespace valence::telemetry {
class Registry;
}

namespace valence::serving {

namespace oip {
class Call;
}

struct ServiceOptions {
  int threads = 1;                        ///< calls to Handle use thread numbers in [0, threads)
  std::size_t max_batch_texts = 1000;     ///< 413 above
  std::size_t max_text_bytes = 1u << 20;  ///< 413 above
  std::size_t max_body_bytes = 1u << 20;  ///< 413 above, once a compressed body is unpacked
  /// Where POST /v1/feedback keeps what it is told; nullptr: nowhere, it is off. Used by one thread at a time.
  std::shared_ptr<tracking::FeedbackStore> feedback = nullptr;
  std::size_t feedback_recall_bytes = 64u << 20;  ///< for texts that feedback may name by their prediction's id
};

/// What became of a request, for whoever keeps a record of it. Views are valid until the thread's next request.
struct Handled {
  std::string_view route = "unknown";  ///< as in metrics
  std::string_view model = {};         ///< who answered, or ""
  std::string_view model_version = {};
  std::vector<std::string>* texts = nullptr;  ///< if set, gets a copy of each text that is scored
  Stopwatch watch = {};                       ///< since it was there to be answered
};

/// What `valence serve` answers: routes, request formats, metrics, page. No sockets, so that tests, benchmarks and
/// other front ends call the same code. Nothing a client sends is logged.
///
/// The routes are in routes.cc, one file per protocol in protocols/; docs/http-api.md describes them. HEAD works
/// wherever GET does. Errors have the shape that the protocol's clients expect.
class Service {
 public:
  /// The models must have been made for at least `options.threads` threads.
  Service(std::shared_ptr<ModelRepository> models, ServiceOptions options);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  /// Answers one request. At most one call per `thread` at a time. Never throws.
  void Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response) {
    Handled ignored;
    Handle(thread, request, response, &ignored);
  }
  /// `call`: what came with the request by another transport than HTTP/1, or nullptr. Its `request` is a POST to the
  /// method's path, and the answer is the transport's to translate: the body is Call::Write's, or REST's JSON.
  void Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response, Handled* handled,
              oip::Call* call = nullptr);
  /// Who takes the body of `request` as it arrives (net::StreamOpener), if it may be longer than memory; else nullptr.
  std::unique_ptr<net::HttpStream> Open(int thread, const net::HttpRequest& request);
  /// Words an error that the HTTP layer answers itself (net::ErrorRenderer), and counts it.
  void RenderError(int thread, const net::HttpRefusal& refusal, net::HttpResponse* response);
  /// `registry`'s metrics are shown with the service's. It must live until the last request; call before the first.
  void Show(const telemetry::Registry* registry);
  /// From now on /readyz is 503. Thread-safe.
  void BeginDrain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::serving
