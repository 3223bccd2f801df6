// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/service.h"

#include <fmt/format.h>

#include <exception>

#include "batch.h"
#include "content_coding.h"
#include "exchange.h"
#include "routes.h"
#include "valence/base/clock.h"

namespace valence::serving {
namespace {

constexpr std::size_t kSmallestPacked = 1024;  // below, packing costs more than it saves

/// Unpacks the body if it is packed. False after answering why it cannot.
bool UnpackBody(Exchange& exchange) {
  const std::string_view coding = exchange.request.header("Content-Encoding");
  if (coding.empty() || coding == "identity") return true;
  const auto error = Unpack(coding, exchange.body, exchange.core.options.max_body_bytes, &exchange.state.unpacked);
  if (error.has_value()) {
    exchange.Fail(*error);
    return false;
  }
  exchange.body = exchange.state.unpacked;
  return true;
}

void PackAnswer(Exchange& exchange) {
  net::HttpResponse& response = *exchange.response;
  const bool packed = response.extra_headers.find("Content-Encoding: ") != std::string::npos;
  if (packed || response.body.size() < kSmallestPacked) return;
  const ContentCoding coding = ChooseCoding(exchange.request.header("Accept-Encoding"));
  response.extra_headers.append(Pack(coding, &response.body));
}

void Dispatch(const Router::Match& match, Exchange& exchange) {
  const net::HttpRequest& request = exchange.request;
  if (match.route != nullptr) {
    if (UnpackBody(exchange)) match.route->handler(exchange);
    return PackAnswer(exchange);
  }
  if (match.allow.empty()) return exchange.Fail({404, "there is nothing at this path"});
  exchange.Fail({405, fmt::format("{} takes {}", request.path, match.allow)});
  exchange.response->extra_headers.append("Allow: ").append(match.allow).append("\r\n");
}

/// Lets go of the models that a request was answered with.
struct ReleaseOnExit {
  ModelRepository::Reader& models;
  ~ReleaseOnExit() { models.Release(); }
};

}  // namespace

struct Service::Impl : ServiceCore {
  using ServiceCore::ServiceCore;
};

Service::Service(std::shared_ptr<ModelRepository> models, ServiceOptions options)
    : impl_(std::make_unique<Impl>(std::move(models), std::move(options))) {}
Service::~Service() = default;

void Service::Show(const telemetry::Registry* registry) { impl_->metrics.Show(registry); }

void Service::BeginDrain() { impl_->draining = true; }

void Service::Handle(int thread, const net::HttpRequest& request, net::HttpResponse* response, Handled* handled,
                     oip::Call* call) {
  impl_->metrics.Started(thread);
  ThreadState& state = *impl_->threads[static_cast<std::size_t>(thread)];
  const ReleaseOnExit release{state.models};
  Exchange exchange{.core = *impl_,
                    .state = state,
                    .models = state.models.Current(),
                    .thread = thread,
                    .request = request,
                    .response = response,
                    .body = request.body,
                    .path = {},
                    .call = call,
                    .heard = handled->texts};
  const Router::Match match = Routes().Find(request.method, request.path, &exchange.path);
  exchange.write_error = match.write_error;
  try {
    Dispatch(match, exchange);
  } catch (const std::exception&) {
    response->Clear();
    exchange.Fail({500, "the server failed on this request"});
  }
  handled->route = Routes().labels()[match.label];
  if (exchange.model != nullptr) {
    handled->model = exchange.model->name();
    handled->model_version = exchange.model->classifier().version();
  }
  auto finished = [this, thread, &request, watch = handled->watch, label = match.label, model = exchange.model,
                   texts = exchange.texts](const net::HttpResponse& answer) {
    impl_->metrics.Finished(thread, label, request.method, answer.status, watch.seconds(), model, texts);
  };
  if (response->deferred == nullptr) return finished(*response);
  response->deferred->finish = [complete = std::move(response->deferred->finish), finished](net::HttpResponse* answer) {
    complete(answer);  // and holds the model
    finished(*answer);
  };
}

std::unique_ptr<net::HttpStream> Service::Open(int thread, const net::HttpRequest& request) {
  return OpenBatch(*impl_, thread, request);
}

void Service::RenderError(int thread, const net::HttpRefusal& refusal, net::HttpResponse* response) {
  impl_->metrics.Refused(thread, refusal.status);
  Routes().ErrorsAt(refusal.path)({refusal.status, std::string(refusal.reason)}, response);
  if (refusal.status == 503) response->extra_headers.append("Retry-After: 1\r\n");
}

}  // namespace valence::serving
