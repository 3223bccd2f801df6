// SPDX-License-Identifier: Apache-2.0
#include "rest_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <utility>

#include "rest_json.h"
#include "validation.h"

namespace valence::tracking::internal {
namespace {

constexpr std::size_t kRunsPage = 1000;
constexpr std::size_t kExperimentsPage = 1000;
constexpr std::size_t kHistoryPage = 25'000;

/// The experiment, unless its name is taken by one in the bin.
Result<Experiment> Active(Experiment experiment) {
  if (experiment.lifecycle_stage != "deleted") return experiment;
  return FailedPrecondition(
      fmt::format("the experiment '{}' was deleted; restore it ('mlflow experiments restore --experiment-id {}') or "
                  "choose another name",
                  experiment.name, experiment.experiment_id));
}

}  // namespace

Result<Experiment> RestStore::FindExperiment(const std::string& name) {
  VALENCE_TRY(const Json answer, client_->Get("experiments/get-by-name", {{"experiment_name", name}}));
  return ExperimentFrom(MemberOf(answer, "experiment"));
}

Result<Experiment> RestStore::EnsureExperiment(const std::string& name) {
  VALENCE_RETURN_IF_ERROR(CheckExperimentName(name));
  Result<Experiment> found = FindExperiment(name);
  if (found.has_value()) return Active(*std::move(found));
  if (found.error().code != ErrorCode::kNotFound) return found;
  const Result<Json> created = client_->Post("experiments/create", Json::MakeObject({{"name", name}}));
  // "Exists already" means that another client was faster, or that our first attempt got through.
  if (!created.has_value() && created.error().code != ErrorCode::kConflict) return created.error();
  found = FindExperiment(name);
  return found.has_value() ? Active(*std::move(found)) : std::move(found);
}

Result<Experiment> RestStore::GetExperiment(const std::string& experiment_id) {
  VALENCE_TRY(const Json answer, client_->Get("experiments/get", {{"experiment_id", experiment_id}}));
  return ExperimentFrom(MemberOf(answer, "experiment"));
}

Result<std::vector<Experiment>> RestStore::ListExperiments() {
  std::vector<Experiment> experiments;
  std::string token;
  do {
    Json body = Json::MakeObject({{"max_results", std::uint64_t{kExperimentsPage}}});
    if (!token.empty()) body.Set("page_token", token);
    VALENCE_TRY(const Json page, client_->Post("experiments/search", body));
    for (const Json& experiment : ElementsOf(page, "experiments")) experiments.push_back(ExperimentFrom(experiment));
    token = TextOf(page, "next_page_token");
  } while (!token.empty());
  return experiments;
}

Result<Run> RestStore::CreateRun(const NewRun& new_run) {
  VALENCE_RETURN_IF_ERROR(CheckTags(new_run.tags));
  const bool is_findable = !FindTag(new_run.tags, kClientRequestId).empty();
  return CreateOnce<Run>(
      *client_, [&] { return CreateRunOnce(new_run); },
      is_findable ? [&] { return FindByRequestId(new_run); } : std::function<Result<std::optional<Run>>()>());
}

Result<Run> RestStore::CreateRunOnce(const NewRun& new_run) {
  const Json body = Json::MakeObject({{"experiment_id", new_run.experiment_id},
                                      {"user_id", new_run.user_id},
                                      {"run_name", new_run.run_name},
                                      {"start_time", new_run.start_time},
                                      {"tags", PairsJson(new_run.tags)}});
  VALENCE_TRY(const Json answer, client_->Post("runs/create", body, Repeat::kNever));
  return RunFrom(MemberOf(answer, "run"));
}

Result<std::optional<Run>> RestStore::FindByRequestId(const NewRun& new_run) {
  RunQuery query;
  query.experiment_ids = {new_run.experiment_id};
  query.filter = fmt::format("tags.`{}` = '{}'", kClientRequestId, FindTag(new_run.tags, kClientRequestId));
  query.limit = 1;
  VALENCE_TRY(std::vector<Run> runs, SearchRuns(query));
  if (runs.empty()) return std::optional<Run>();
  return std::optional<Run>(std::move(runs.front()));
}

Result<Run> RestStore::GetRun(const std::string& run_id) {
  VALENCE_TRY(const Json answer, client_->Get("runs/get", {{"run_id", run_id}}));
  return RunFrom(MemberOf(answer, "run"));
}

Result<std::vector<Run>> RestStore::SearchRuns(const RunQuery& query) {
  std::vector<Run> runs;
  std::string token;
  do {
    const std::size_t wanted = std::min(query.limit - runs.size(), kRunsPage);
    Json body = Json::MakeObject(
        {{"experiment_ids", Json::ArrayOf(query.experiment_ids)}, {"max_results", std::uint64_t{wanted}}});
    if (!query.filter.empty()) body.Set("filter", query.filter);
    if (!query.order_by.empty()) body.Set("order_by", Json::ArrayOf(query.order_by));
    if (!token.empty()) body.Set("page_token", token);
    VALENCE_TRY(const Json page, client_->Post("runs/search", body));
    for (const Json& json : ElementsOf(page, "runs")) {
      VALENCE_TRY(Run run, RunFrom(json));
      runs.push_back(std::move(run));
    }
    token = TextOf(page, "next_page_token");
  } while (!token.empty() && runs.size() < query.limit);
  return runs;
}

Status RestStore::SendBatches(const Result<std::vector<std::string>>& bodies) {
  if (!bodies.has_value()) return bodies.error();
  for (const std::string& body : *bodies) VALENCE_RETURN_IF_ERROR(client_->PostText("runs/log-batch", body));
  return Ok();
}

Status RestStore::LogBatch(const std::string& run_id, std::span<const Metric> metrics, std::span<const Param> params,
                           std::span<const Tag> tags) {
  return SendBatches(BatchBodies(run_id, metrics, params, tags, client_->options().truncate_long_values));
}

Status RestStore::LogInputs(const std::string& run_id, std::span<const DatasetInput> datasets) {
  if (datasets.empty()) return Ok();
  for (const DatasetInput& dataset : datasets) VALENCE_RETURN_IF_ERROR(CheckDataset(dataset));
  Json inputs = Json::MakeArray();
  for (const DatasetInput& dataset : datasets) inputs.Push(DatasetJson(dataset));
  VALENCE_RETURN_IF_ERROR(
      client_->Post("runs/log-inputs", Json::MakeObject({{"run_id", run_id}, {"datasets", std::move(inputs)}})));
  return Ok();
}

Status RestStore::LogModelInput(const std::string& run_id, const std::string& model_id) {
  Json models = Json::MakeArray();
  models.Push(Json::MakeObject({{"model_id", model_id}}));
  VALENCE_RETURN_IF_ERROR(
      client_->Post("runs/log-inputs", Json::MakeObject({{"run_id", run_id}, {"models", std::move(models)}})));
  return Ok();
}

Status RestStore::LogOutput(const std::string& run_id, const ModelOutput& model) {
  Json models = Json::MakeArray();
  models.Push(Json::MakeObject({{"model_id", model.model_id}, {"step", model.step}}));
  const Json body = Json::MakeObject({{"run_id", run_id}, {"models", std::move(models)}});
  Result<Json> sent = client_->Post("runs/outputs", body);
  if (sent.has_value()) return Ok();
  // MLflow answers a repetition with its database's complaint about a unique key; then it is there, and all is well.
  const Result<Run> run = GetRun(run_id);
  const bool is_there =
      run.has_value() && std::any_of(run->outputs.begin(), run->outputs.end(),
                                     [&](const auto& output) { return output.model_id == model.model_id; });
  if (is_there) return Ok();
  return std::move(sent).error();
}

Status RestStore::UpdateRun(const std::string& run_id, RunStatus status, std::int64_t end_time) {
  Json body = Json::MakeObject({{"run_id", run_id}, {"status", RunStatusName(status)}});
  if (end_time != 0) body.Set("end_time", end_time);
  VALENCE_RETURN_IF_ERROR(client_->Post("runs/update", body));
  return Ok();
}

Result<std::vector<Metric>> RestStore::MetricHistory(const std::string& run_id, const std::string& key) {
  std::vector<Metric> metrics;
  std::string token;
  do {
    Query query{{"run_id", run_id}, {"metric_key", key}, {"max_results", std::to_string(kHistoryPage)}};
    if (!token.empty()) query.push_back({"page_token", token});
    VALENCE_TRY(const Json page, client_->Get("metrics/get-history", query));
    for (const Json& metric : ElementsOf(page, "metrics")) metrics.push_back(MetricFrom(metric));
    token = TextOf(page, "next_page_token");
  } while (!token.empty());
  std::stable_sort(metrics.begin(), metrics.end(), [](const Metric& a, const Metric& b) {
    return std::tie(a.step, a.timestamp) < std::tie(b.step, b.timestamp);
  });
  return metrics;
}

}  // namespace valence::tracking::internal
