// SPDX-License-Identifier: Apache-2.0
#include "admin_service.h"

#include <fmt/format.h>

#include <exception>
#include <optional>
#include <utility>

#include "valence/base/clock.h"
#include "valence/base/log.h"

namespace valence::serving {
namespace {

constexpr std::size_t kMaxLoggedPath = 200;

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kInvalidArgument:
      return 400;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kConflict:
    case ErrorCode::kFailedPrecondition:
      return 409;
    case ErrorCode::kDataCorrupt:
      return 422;
    case ErrorCode::kUnimplemented:
      return 501;
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
    case ErrorCode::kResourceExhausted:
      return 503;
    case ErrorCode::kInternal:
      return 500;
  }
  return 500;
}

/// The name in "/admin/models/{name}/<verb>", or nullopt.
std::optional<std::string_view> NameIn(std::string_view path, std::string_view verb) {
  constexpr std::string_view kPrefix = "/admin/models/";
  if (!path.starts_with(kPrefix) || !path.ends_with(verb) || path.size() <= kPrefix.size() + verb.size()) return {};
  const std::string_view name = path.substr(kPrefix.size(), path.size() - kPrefix.size() - verb.size());
  return IsModelName(name) ? std::optional(name) : std::nullopt;
}

Json Describe(const ModelId& id) { return Json::MakeObject({{"name", id.name}, {"version", id.version}}); }

}  // namespace

Result<Json> AdminService::Serve(ModelSpec spec) {
  VALENCE_TRY(const ModelId id, lifecycle_->Load(std::move(spec)));
  return Describe(id);
}

Result<AdminRequest> AdminService::Read(std::string_view body, std::initializer_list<std::string_view> allowed) {
  AdminRequest wanted;
  if (auto error = ReadAdminRequest(body, allowed, &wanted)) {
    field_ = error->field;
    return InvalidArgument(error->message);
  }
  return wanted;
}

Result<Json> AdminService::Load(std::string_view name, std::string_view body) {
  VALENCE_TRY(const AdminRequest wanted, Read(body, {"source", "version"}));
  if (wanted.source.empty()) {
    field_ = "source";
    return InvalidArgument("'source': expected a path, models:/ or another URL of a model");
  }
  return Serve({.source = wanted.source, .name = std::string(name), .version = wanted.version});
}

Result<Json> AdminService::Unload(std::string_view name, std::string_view body) {
  VALENCE_TRY(const AdminRequest wanted, Read(body, {"version"}));
  VALENCE_RETURN_IF_ERROR(lifecycle_->Unload(name, wanted.version));
  return Json::MakeObject({{"name", name}});
}

Result<Json> AdminService::SetCanary(std::string_view body) {
  VALENCE_TRY(const AdminRequest wanted, Read(body, {"model", "source", "version", "weight", "remove"}));
  if (wanted.remove) {
    VALENCE_RETURN_IF_ERROR(lifecycle_->End(ModelRole::kCanary, wanted.model));
    return Json::MakeObject({{"removed", true}});
  }
  if (!wanted.weight) {
    field_ = "weight";
    return InvalidArgument("'weight': expected a number from 0 to 1, or \"remove\": true");
  }
  if (wanted.source.empty()) {
    VALENCE_RETURN_IF_ERROR(lifecycle_->SetCanaryWeight(wanted.model, *wanted.weight));
    return Json::MakeObject({{"weight", *wanted.weight}});
  }
  return Serve({wanted.source, wanted.model, wanted.version, ModelRole::kCanary, *wanted.weight});
}

Result<Json> AdminService::SetShadow(std::string_view body) {
  VALENCE_TRY(const AdminRequest wanted, Read(body, {"model", "source", "version", "remove"}));
  if (wanted.remove) {
    VALENCE_RETURN_IF_ERROR(lifecycle_->End(ModelRole::kShadow, wanted.model));
    return Json::MakeObject({{"removed", true}});
  }
  if (wanted.source.empty()) {
    field_ = "source";
    return InvalidArgument("'source': expected a path, models:/ or another URL of a model, or \"remove\": true");
  }
  return Serve({.source = wanted.source, .name = wanted.model, .version = wanted.version, .role = ModelRole::kShadow});
}

void AdminService::Answer(Result<Json> result, net::HttpResponse* response) {
  if (result) {
    response->body = result->Dump() + "\n";
    return;
  }
  WriteError({StatusOf(result.error().code), result.error().message, field_}, response);
}

void AdminService::Dispatch(const net::HttpRequest& request, net::HttpResponse* response) {
  const std::string_view path = request.path;
  const bool is_status = path == "/admin/status";
  const auto load = NameIn(path, "/load");
  const auto unload = NameIn(path, "/unload");
  const bool exists =
      is_status || load || unload || path == "/admin/reload" || path == "/admin/canary" || path == "/admin/shadow";
  if (!exists) return WriteError({404, "there is nothing at this path"}, response);
  const std::string_view method = is_status ? "GET" : "POST";
  if (request.method != method) {
    WriteError({405, fmt::format("{} takes {}", path, method)}, response);
    response->extra_headers.append("Allow: ").append(method).append("\r\n");
    return;
  }
  field_.clear();
  if (is_status) return Answer(lifecycle_->Describe(), response);
  if (load) return Answer(Load(*load, request.body), response);
  if (unload) return Answer(Unload(*unload, request.body), response);
  if (path == "/admin/canary") return Answer(SetCanary(request.body), response);
  if (path == "/admin/shadow") return Answer(SetShadow(request.body), response);
  Answer(Json::MakeObject({{"models", lifecycle_->Reload()}}), response);
}

void AdminService::Handle(const net::HttpRequest& request, net::HttpResponse* response) {
  const Stopwatch watch;
  response->extra_headers.append("Cache-Control: no-store\r\n");
  if (!token_.Allows(request.header("Authorization"))) {
    WriteError({401, "expected the header 'Authorization: Bearer <admin token>'"}, response);
    response->extra_headers.append("WWW-Authenticate: Bearer\r\n");
  } else {
    try {
      Dispatch(request, response);
    } catch (const std::exception&) {
      response->Clear();
      WriteError({500, "the server failed on this request"}, response);
    }
  }
  // The body is not logged: a source may carry credentials.
  log::Info(fmt::format("audit: admin {} {} {} ({:.0f} ms)", request.method, request.path.substr(0, kMaxLoggedPath),
                        response->status, watch.seconds() * 1000));
}

}  // namespace valence::serving
