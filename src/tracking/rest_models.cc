// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rest_json.h"
#include "rest_store.h"
#include "validation.h"

/// The part of RestStore that only MLflow 3 serves, and how we learn whether this server does.
namespace valence::tracking::internal {
namespace {

constexpr std::size_t kModelsPage = 50;

/// Whether a route exists: any answer but "no such route" is one. Errors: the server cannot be asked at all.
Result<bool> Exists(const Result<Json>& answer) {
  if (answer.has_value()) return true;
  switch (answer.error().code) {
    case ErrorCode::kUnimplemented:
      return false;
    case ErrorCode::kNotFound:
    case ErrorCode::kInvalidArgument:
    case ErrorCode::kConflict:
      return true;
    default:
      return answer.error();
  }
}

std::string_view ModelStatusName(ModelStatus status) {
  switch (status) {
    case ModelStatus::kReady:
      return "LOGGED_MODEL_READY";
    case ModelStatus::kUploadFailed:
      return "LOGGED_MODEL_UPLOAD_FAILED";
    case ModelStatus::kPending:
      break;
  }
  return "LOGGED_MODEL_PENDING";
}

Json ModelsOfExperiment(const std::string& experiment_id, std::size_t limit) {
  return Json::MakeObject({{"experiment_ids", Json::ArrayOf(std::vector<std::string>{experiment_id})},
                           {"max_results", std::uint64_t{limit}}});
}

}  // namespace

Result<Capabilities> RestStore::Probe() {
  if (client_->probed.has_value()) return *client_->probed;
  Capabilities can;
  VALENCE_TRY(can.logged_models, Exists(client_->Post("logged-models/search", ModelsOfExperiment("0", 1))));
  VALENCE_TRY(can.registry, Exists(client_->Get("registered-models/search", {{"max_results", "1"}})));
  can.aliases = can.stages = false;
  if (can.registry) {
    VALENCE_TRY(can.aliases,
                Exists(client_->Get("registered-models/alias", {{"name", "valence-probe"}, {"alias", "champion"}})));
    // Without a name it changes nothing, and a server that has stages says which parameter is missing.
    VALENCE_TRY(can.stages, Exists(client_->Post("model-versions/transition-stage", Json::MakeObject())));
  }
  client_->has_logged_models = can.logged_models;
  client_->has_registry = can.registry;
  client_->probed = can;
  return can;
}

Status RestStore::RefuseWithoutLoggedModels() const {
  if (client_->has_logged_models.value_or(true)) return Ok();
  return Unimplemented(fmt::format("{}: this server has no logged models (they came with MLflow 3)", uri()));
}

Result<LoggedModel> RestStore::CreateLoggedModel(const NewLoggedModel& model) {
  VALENCE_RETURN_IF_ERROR(RefuseWithoutLoggedModels());
  VALENCE_RETURN_IF_ERROR(CheckLoggedModelName(model.name));
  const bool is_findable = !model.source_run_id.empty() && !FindTag(model.tags, kClientRequestId).empty();
  Result<LoggedModel> made = CreateOnce<LoggedModel>(
      *client_, [&] { return CreateLoggedModelOnce(model); },
      is_findable ? [&] { return FindByRequestId(model); } : std::function<Result<std::optional<LoggedModel>>()>());
  // The first create is the probe: a server without the route has done nothing.
  if (made.has_value()) client_->has_logged_models = true;
  if (!made.has_value() && made.error().code == ErrorCode::kUnimplemented) client_->has_logged_models = false;
  return made;
}

Result<LoggedModel> RestStore::CreateLoggedModelOnce(const NewLoggedModel& model) {
  constexpr std::size_t kParamsOfCreate = 100;
  const auto begin = model.params.begin();
  const auto middle = begin + static_cast<std::ptrdiff_t>(std::min(model.params.size(), kParamsOfCreate));
  Json body = Json::MakeObject({{"experiment_id", model.experiment_id},
                                {"name", model.name},
                                {"model_type", model.model_type},
                                {"source_run_id", model.source_run_id},
                                {"params", PairsJson(std::vector<Param>(begin, middle))},
                                {"tags", PairsJson(model.tags)}});
  VALENCE_TRY(const Json answer, client_->Post("logged-models", body, Repeat::kNever));
  LoggedModel made = LoggedModelFrom(MemberOf(answer, "model"));
  if (made.model_id.empty()) return DataCorrupt(fmt::format("{}: sent a logged model without an id", uri()));
  for (auto rest = middle; rest != model.params.end();) {
    const auto end = rest + std::min<std::ptrdiff_t>(model.params.end() - rest, kParamsOfCreate);
    const Json more =
        Json::MakeObject({{"model_id", made.model_id}, {"params", PairsJson(std::vector<Param>(rest, end))}});
    VALENCE_RETURN_IF_ERROR(client_->Post(fmt::format("logged-models/{}/params", made.model_id), more));
    rest = end;
  }
  return made;
}

Result<std::optional<LoggedModel>> RestStore::FindByRequestId(const NewLoggedModel& model) {
  VALENCE_TRY(std::vector<LoggedModel> models, ModelsOfRun(model.experiment_id, model.source_run_id));
  const std::string_view wanted = FindTag(model.tags, kClientRequestId);
  for (LoggedModel& candidate : models) {
    if (FindTag(candidate.tags, kClientRequestId) == wanted) return std::optional<LoggedModel>(std::move(candidate));
  }
  return std::optional<LoggedModel>();
}

Result<LoggedModel> RestStore::GetLoggedModel(const std::string& model_id) {
  VALENCE_RETURN_IF_ERROR(RefuseWithoutLoggedModels());
  VALENCE_TRY(const Json answer, client_->Get(fmt::format("logged-models/{}", net::PercentEncode(model_id))));
  return LoggedModelFrom(MemberOf(answer, "model"));
}

Result<std::vector<LoggedModel>> RestStore::ModelsOfRun(const std::string& experiment_id, const std::string& run_id) {
  VALENCE_RETURN_IF_ERROR(RefuseWithoutLoggedModels());
  std::vector<LoggedModel> models;
  std::string token;
  do {
    Json body = ModelsOfExperiment(experiment_id, kModelsPage);
    body.Set("filter", fmt::format("source_run_id = '{}'", run_id));
    if (!token.empty()) body.Set("page_token", token);
    VALENCE_TRY(const Json page, client_->Post("logged-models/search", body));
    for (const Json& model : ElementsOf(page, "models")) models.push_back(LoggedModelFrom(model));
    token = TextOf(page, "next_page_token");
  } while (!token.empty());
  std::stable_sort(models.begin(), models.end(),
                   [](const auto& a, const auto& b) { return a.creation_timestamp < b.creation_timestamp; });
  return models;
}

Status RestStore::FinishLoggedModel(const std::string& model_id, ModelStatus status) {
  const Json body = Json::MakeObject({{"model_id", model_id}, {"status", ModelStatusName(status)}});
  VALENCE_RETURN_IF_ERROR(client_->Call("PATCH", fmt::format("logged-models/{}", net::PercentEncode(model_id)), body));
  return Ok();
}

Status RestStore::LogModelMetrics(const std::string& run_id, const std::string& model_id,
                                  std::span<const Metric> metrics, const DatasetInput* dataset) {
  const MetricOwner owner{model_id, dataset == nullptr ? "" : dataset->name, dataset == nullptr ? "" : dataset->digest};
  return SendBatches(BatchBodies(run_id, metrics, {}, {}, client_->options().truncate_long_values, &owner));
}

}  // namespace valence::tracking::internal
