// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/small_model.h"
#include "valence/base/json.h"
#include "valence/serving/service.h"

namespace valence::serving {

/// Asks a Service without a socket.
class Asker {
 public:
  explicit Asker(std::shared_ptr<const classifier::Classifier> model = SmallModel())
      : Asker({Serve("small", "1", std::move(model))}) {}
  explicit Asker(std::vector<ModelSet::Entry> models, std::shared_ptr<tracking::FeedbackStore> feedback = nullptr)
      : repository_(std::make_shared<ModelRepository>(std::make_shared<const ModelSet>(std::move(models)))),
        service_(repository_, {.threads = kThreads,
                               .max_batch_texts = 3,
                               .max_text_bytes = 1000,
                               .feedback = std::move(feedback),
                               .feedback_recall_bytes = 1u << 20}) {}

  static ModelSet::Entry Serve(std::string name, std::string version,
                               std::shared_ptr<const classifier::Classifier> model) {
    return std::make_shared<ServedModel>(ModelId{std::move(name), std::move(version)}, std::move(model), kThreads);
  }

  net::HttpResponse Get(std::string_view target) { return Ask("GET", target, "", ""); }
  net::HttpResponse PostJson(std::string_view body) { return Ask("POST", "/predict", body, "application/json"); }
  net::HttpResponse PostForm(std::string_view body) {
    return Ask("POST", "/predict", body, "application/x-www-form-urlencoded");
  }

  net::HttpResponse Ask(std::string_view method, std::string_view target, std::string_view body,
                        std::string_view content_type) {
    net::HttpRequest request;
    const std::size_t question = std::min(target.find('?'), target.size());
    request.method = method;
    request.path = target.substr(0, question);
    request.query = question < target.size() ? target.substr(question + 1) : std::string_view();
    request.body = body;
    request.header = [content_type](std::string_view name) {
      return name == "Content-Type" ? content_type : std::string_view();
    };
    net::HttpResponse response;
    service_.Handle(0, request, &response);
    if (const auto deferred = std::move(response.deferred); deferred != nullptr) {
      deferred->work();
      deferred->finish(&response);
    }
    return response;
  }

  Service& service() { return service_; }
  ModelRepository& repository() { return *repository_; }

 private:
  static constexpr int kThreads = 2;
  std::shared_ptr<ModelRepository> repository_;
  Service service_;
};

/// The member of an error answer, or "" if there is none.
inline std::string ErrorPart(const net::HttpResponse& response, std::string_view part) {
  const auto json = Json::Parse(response.body);
  if (!json.has_value() || json->Find("error") == nullptr) return "not an error: " + response.body;
  const Json* const found = json->Find("error")->Find(part);
  if (found == nullptr) return "";
  return found->is_string() ? found->string() : found->Dump();
}

}  // namespace valence::serving
