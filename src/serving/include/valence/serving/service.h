// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "valence/classifier/classifier.h"
#include "valence/net/http_server.h"

namespace valence::serving {

struct ServiceOptions {
  int threads = 1;                     ///< calls to Handle use thread numbers in [0, threads)
  std::size_t max_batch_texts = 1000;  ///< 413 above
  std::string model_name = "model";    ///< label `name` of valence_model_info
  double model_load_seconds = 0;
};

/// What `valence serve` answers: routes, request formats, metrics, page. No sockets, so that tests, benchmarks and
/// other front ends call the same code. Nothing a client sends is logged.
///
/// | route                    | methods    | answer                                                              |
/// |--------------------------|------------|---------------------------------------------------------------------|
/// | `/`                      | GET        | the page                                                            |
/// | `/static/*`              | GET        | its style sheet, script and icon                                    |
/// | `/predict`               | POST       | JSON to JSON; the page's form to HTML                               |
/// | `/metrics`               | GET        | Prometheus text                                                     |
/// | `/livez`, `/readyz`      | GET        | `ok`; readyz is 503 while draining; `?verbose` lists the checks     |
/// | `/version`               | GET        | program, model version and digest, labels, features as JSON         |
///
/// HEAD works wherever GET does. Errors are `{"error":{"code","message","field"?,"byte"?}}`.
class Service {
 public:
  Service(std::shared_ptr<const classifier::Classifier> classifier, ServiceOptions options);
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;
  ~Service();

  /// Answers one request. At most one call per `thread` at a time. Never throws.
  void Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response);
  /// Words an error that the HTTP layer answers itself (net::ErrorRenderer), and counts it.
  void RenderError(int thread, int status, std::string_view message, net::HttpResponse* response);
  /// From now on /readyz is 503. Thread-safe.
  void BeginDrain();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::serving
