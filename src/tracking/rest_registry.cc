// SPDX-License-Identifier: Apache-2.0
#include "rest_registry.h"

#include <fmt/format.h>

#include <algorithm>

#include "rest_json.h"
#include "valence/base/numbers.h"
#include "validation.h"

namespace valence::tracking::internal {
namespace {

constexpr int kModelsPage = 1000;
constexpr int kVersionsPage = 1000;

/// A registered model's name, quoted for MLflow's filters; they have no escapes, and names with ' are rare.
std::string NameFilter(const std::string& name) {
  const char quote = name.find('\'') == std::string::npos ? '\'' : '"';
  return fmt::format("name = {}{}{}", quote, name, quote);
}

std::int64_t NumberOf(const ModelVersion& version) {
  const Result<std::int64_t> number = ParseInt(version.version);
  return number.has_value() ? *number : 0;
}

}  // namespace

Result<Json> RestRegistry::Get(const std::string& route, const Query& query) {
  if (!client_->has_registry.value_or(true)) {
    return Unimplemented(fmt::format("{}: this server has no model registry", uri()));
  }
  return client_->Get(route, query);
}

Result<Json> RestRegistry::Call(const std::string& method, const std::string& route, const Json& body, Repeat repeat) {
  if (!client_->has_registry.value_or(true)) {
    return Unimplemented(fmt::format("{}: this server has no model registry", uri()));
  }
  return client_->Call(method, route, body, repeat);
}

Result<RegisteredModel> RestRegistry::EnsureModel(const std::string& name, const std::string& description) {
  VALENCE_RETURN_IF_ERROR(CheckRegisteredModelName(name));
  VALENCE_RETURN_IF_ERROR(CheckDescription(description));
  Result<RegisteredModel> found = GetModel(name);
  if (found.has_value() || found.error().code != ErrorCode::kNotFound) return found;
  const Json body = Json::MakeObject({{"name", name}, {"description", description}});
  Result<Json> made = Call("POST", "registered-models/create", body);
  if (made.has_value()) return RegisteredModelFrom(MemberOf(*made, "registered_model"));
  if (made.error().code == ErrorCode::kUnimplemented) client_->has_registry = false;
  if (made.error().code != ErrorCode::kConflict) return std::move(made).error();
  return GetModel(name);  // another client was faster, or our first attempt got through
}

Result<RegisteredModel> RestRegistry::GetModel(const std::string& name) {
  const Result<Json> answer = Get("registered-models/get", {{"name", name}});
  if (!answer.has_value()) {
    if (answer.error().code == ErrorCode::kUnimplemented) client_->has_registry = false;
    return answer.error();
  }
  return RegisteredModelFrom(MemberOf(*answer, "registered_model"));
}

Result<std::vector<RegisteredModel>> RestRegistry::ListModels() {
  std::vector<RegisteredModel> models;
  std::string token;
  do {
    Query query{{"max_results", std::to_string(kModelsPage)}};
    if (!token.empty()) query.push_back({"page_token", token});
    VALENCE_TRY(const Json page, Get("registered-models/search", query));
    for (const Json& model : ElementsOf(page, "registered_models")) models.push_back(RegisteredModelFrom(model));
    token = TextOf(page, "next_page_token");
  } while (!token.empty());
  return models;
}

Result<ModelVersion> RestRegistry::CreateVersion(const NewModelVersion& version) {
  VALENCE_RETURN_IF_ERROR(CheckRegistryTags(version.tags));
  const bool is_findable = !FindTag(version.tags, kClientRequestId).empty();
  return CreateOnce<ModelVersion>(
      *client_, [&] { return CreateVersionOnce(version); },
      is_findable ? [&] { return FindByRequestId(version); } : std::function<Result<std::optional<ModelVersion>>()>());
}

Result<ModelVersion> RestRegistry::CreateVersionOnce(const NewModelVersion& version) {
  Json body = Json::MakeObject({{"name", version.name}, {"source", version.source}});
  if (!version.run_id.empty()) body.Set("run_id", version.run_id);
  if (!version.model_id.empty()) body.Set("model_id", version.model_id);
  if (!version.description.empty()) body.Set("description", version.description);
  if (!version.tags.empty()) body.Set("tags", PairsJson(version.tags));
  VALENCE_TRY(const Json answer, Call("POST", "model-versions/create", body, Repeat::kNever));
  return ModelVersionFrom(MemberOf(answer, "model_version"));
}

Result<std::optional<ModelVersion>> RestRegistry::FindByRequestId(const NewModelVersion& version) {
  VALENCE_TRY(std::vector<ModelVersion> versions, ListVersions(version.name));
  const std::string_view wanted = FindTag(version.tags, kClientRequestId);
  for (ModelVersion& candidate : versions) {
    if (FindTag(candidate.tags, kClientRequestId) == wanted) return std::optional<ModelVersion>(std::move(candidate));
  }
  return std::optional<ModelVersion>();
}

Result<ModelVersion> RestRegistry::GetVersion(const std::string& name, const std::string& version) {
  VALENCE_TRY(const Json answer, Get("model-versions/get", {{"name", name}, {"version", version}}));
  return ModelVersionFrom(MemberOf(answer, "model_version"));
}

Result<ModelVersion> RestRegistry::GetVersionByAlias(const std::string& name, const std::string& alias) {
  // MLflow's answer to an unknown alias does not say of which model.
  Result<Json> answer = Get("registered-models/alias", {{"name", name}, {"alias", alias}});
  if (!answer.has_value()) return std::move(answer).error().With(fmt::format("models:/{}@{}", name, alias));
  return ModelVersionFrom(MemberOf(*answer, "model_version"));
}

Result<std::vector<ModelVersion>> RestRegistry::ListVersions(const std::string& name) {
  std::vector<ModelVersion> versions;
  std::string token;
  do {
    Query query{{"filter", NameFilter(name)}, {"max_results", std::to_string(kVersionsPage)}};
    if (!token.empty()) query.push_back({"page_token", token});
    VALENCE_TRY(const Json page, Get("model-versions/search", query));
    for (const Json& version : ElementsOf(page, "model_versions")) versions.push_back(ModelVersionFrom(version));
    token = TextOf(page, "next_page_token");
  } while (!token.empty());
  std::sort(versions.begin(), versions.end(),
            [](const ModelVersion& a, const ModelVersion& b) { return NumberOf(a) > NumberOf(b); });
  return versions;
}

Status RestRegistry::SetVersionTag(const std::string& name, const std::string& version, const Tag& tag) {
  VALENCE_RETURN_IF_ERROR(
      Call("POST", "model-versions/set-tag",
           Json::MakeObject({{"name", name}, {"version", version}, {"key", tag.key}, {"value", tag.value}})));
  return Ok();
}

Status RestRegistry::SetAlias(const std::string& name, const std::string& alias, const std::string& version) {
  VALENCE_RETURN_IF_ERROR(CheckAlias(alias));
  VALENCE_RETURN_IF_ERROR(Call("POST", "registered-models/alias",
                               Json::MakeObject({{"name", name}, {"alias", alias}, {"version", version}})));
  return Ok();
}

Status RestRegistry::DeleteAlias(const std::string& name, const std::string& alias) {
  Result<Json> deleted =
      Call("DELETE", "registered-models/alias", Json::MakeObject({{"name", name}, {"alias", alias}}));
  if (deleted.has_value() || deleted.error().code == ErrorCode::kNotFound) return Ok();
  return std::move(deleted).error();
}

Status RestRegistry::SetStage(const std::string& name, const std::string& version, const std::string& stage,
                              bool archive_existing) {
  VALENCE_RETURN_IF_ERROR(Call(
      "POST", "model-versions/transition-stage",
      Json::MakeObject(
          {{"name", name}, {"version", version}, {"stage", stage}, {"archive_existing_versions", archive_existing}})));
  return Ok();
}

Result<std::string> RestRegistry::DownloadUri(const std::string& name, const std::string& version) {
  VALENCE_TRY(const Json answer, Get("model-versions/get-download-uri", {{"name", name}, {"version", version}}));
  return TextOf(answer, "artifact_uri");
}

}  // namespace valence::tracking::internal
