// SPDX-License-Identifier: Apache-2.0
#include "rest_artifacts.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <system_error>
#include <utility>

#include "local_artifacts.h"
#include "rest_json.h"
#include "valence/base/files.h"

namespace valence::tracking::internal {
namespace {

constexpr std::string_view kService = "api/2.0/mlflow-artifacts";
constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kContentTypes{{{".html", "text/html"},
                                                                                       {".txt", "text/plain"},
                                                                                       {".md", "text/markdown"},
                                                                                       {".csv", "text/csv"},
                                                                                       {".json", "application/json"},
                                                                                       {".yaml", "application/yaml"},
                                                                                       {".yml", "application/yaml"},
                                                                                       {".py", "text/x-python"},
                                                                                       {".svg", "image/svg+xml"},
                                                                                       {".png", "image/png"},
                                                                                       {".pdf", "application/pdf"},
                                                                                       {".zip", "application/zip"}}};

enum class RootKind { kProxy, kHttp, kFile, kObject };

Result<RootKind> KindOf(const std::string& root_uri) {
  const std::string scheme = SchemeOf(root_uri);
  if (scheme == "mlflow-artifacts") return RootKind::kProxy;
  if (scheme == "http" || scheme == "https") return RootKind::kHttp;
  if (IsLocalRoot(root_uri)) return RootKind::kFile;
  if (scheme == "s3") return RootKind::kObject;
  return Unimplemented(
      fmt::format("artifacts at {}: {}:// is not supported; start the server with --artifacts-destination and without "
                  "--default-artifact-root, so that it takes the files itself",
                  root_uri, scheme));
}

/// Writes pieces of a body to a file that appears when all are there.
class FileSink {
 public:
  explicit FileSink(std::filesystem::path path) : path_(std::move(path)) {}

  net::HttpBodySink AsSink() {
    return [this](std::string_view bytes, bool restart) { return Take(bytes, restart); };
  }
  Status Commit() {
    if (!file_.has_value()) VALENCE_RETURN_IF_ERROR(Take("", true));  // an empty file is a file
    return file_->Commit();
  }

 private:
  Status Take(std::string_view bytes, bool restart) {
    if (restart) {
      VALENCE_TRY(file_, AtomicFile::Create(path_));
    }
    return file_->Append(bytes);
  }

  std::filesystem::path path_;
  std::optional<AtomicFile> file_;
};

/// A file server's own root: MLflow treats it like the proxy's.
ProxyRoot ResolveHttpRoot(const std::string& root_uri) {
  const std::string marker = fmt::format("/{}/artifacts", kService);
  const std::size_t found = root_uri.find(marker);
  if (found == std::string::npos) return {root_uri, ""};
  return {root_uri.substr(0, found + marker.size() - std::string_view("/artifacts").size()),
          JoinUri(net::PercentDecode(root_uri.substr(found + marker.size())), "")};
}

ProxyRoot HttpRootOf(RootKind kind, const ServerUri& server, const std::string& root_uri) {
  return kind == RootKind::kProxy ? ResolveProxyRoot(server, root_uri) : ResolveHttpRoot(root_uri);
}

Status PutWhole(RestClient& client, const ProxyRoot& root, const std::string& path, const std::filesystem::path& file) {
  net::HttpCall call;
  call.method = "PUT";
  call.url = root.FileUrl(path);
  call.upload = file;
  call.headers.push_back({"Content-Type", std::string(ContentTypeOf(path))});
  // The answer's body is empty or {}, by release: not looked at.
  VALENCE_RETURN_IF_ERROR(client.ExchangeFile(std::move(call), fmt::format("uploading {} to {}", path, root.service)));
  return Ok();
}

}  // namespace

std::string ProxyRoot::FileUrl(const std::string& path) const {
  const std::string base = service.ends_with("mlflow-artifacts") ? service + "/artifacts" : service;
  return JoinUri(base, net::PercentEncode(JoinUri(folder, path), /*keep_slashes=*/true));
}

ProxyRoot ResolveProxyRoot(const ServerUri& server, const std::string& root_uri) {
  std::string_view rest = std::string_view(root_uri).substr(std::string_view("mlflow-artifacts:").size());
  std::string authority = server.authority;
  if (rest.substr(0, 2) == "//" && rest.size() > 2 && rest[2] != '/') {
    const std::size_t slash = std::min(rest.find('/', 2), rest.size());
    authority = rest.substr(2, slash - 2);
    rest.remove_prefix(slash);
  }
  while (!rest.empty() && rest.front() == '/') rest.remove_prefix(1);
  return {fmt::format("{}://{}{}/{}", server.scheme, authority, server.path, kService), JoinUri(rest, "")};
}

std::string_view ContentTypeOf(const std::string& path) {
  if (path.ends_with("MLmodel")) return "text/plain";
  for (const auto& [ending, type] : kContentTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

Status RestArtifacts::Upload(const std::string& root_uri, const std::string& path, const std::filesystem::path& file) {
  VALENCE_RETURN_IF_ERROR(CheckArtifactPath(path, /*allow_root=*/false));
  VALENCE_TRY(const RootKind kind, KindOf(root_uri));
  if (kind == RootKind::kFile) {
    VALENCE_TRY(const std::filesystem::path folder, LocalRoot(root_uri, ""));
    return UploadLocal(folder, path, file);
  }
  if (kind == RootKind::kObject) {
    VALENCE_TRY(ObjectStore * objects, Objects(root_uri));
    return objects->Upload(JoinUri(root_uri, path), file);
  }
  std::error_code failure;
  const std::uint64_t bytes = std::filesystem::file_size(file, failure);
  if (failure) return NotFound(fmt::format("{}: {}", file.string(), failure.message()));
  const ProxyRoot root = HttpRootOf(kind, client_->server(), root_uri);
  const RestOptions& options = client_->options();
  if (options.multipart && kind == RootKind::kProxy && bytes >= options.multipart_minimum) {
    const Status sent = UploadInParts(*client_, root, path, file, bytes);
    if (sent.has_value() || sent.error().code != ErrorCode::kUnimplemented) return sent;
  }
  return PutWhole(*client_, root, path, file);
}

Result<std::vector<ArtifactEntry>> RestArtifacts::List(const std::string& root_uri, const std::string& path) {
  VALENCE_TRY(const RootKind kind, KindOf(root_uri));
  if (kind == RootKind::kFile) {
    VALENCE_TRY(const std::filesystem::path folder, LocalRoot(root_uri, ""));
    return ListLocal(folder, path);
  }
  if (kind == RootKind::kObject) {
    VALENCE_TRY(ObjectStore * objects, Objects(root_uri));
    VALENCE_TRY(std::vector<ArtifactEntry> entries, objects->List(JoinUri(root_uri, path)));
    for (ArtifactEntry& entry : entries) entry.path = path.empty() ? entry.path : JoinUri(path, entry.path);
    return entries;
  }
  const ProxyRoot root = HttpRootOf(kind, client_->server(), root_uri);
  const std::string folder = path.empty() ? root.folder : JoinUri(root.folder, path);
  VALENCE_TRY(const Json answer,
              client_->GetUrl(fmt::format("{}/artifacts?path={}", root.service, net::PercentEncode(folder)),
                              fmt::format("listing {} at {}", folder, root.service)));
  std::vector<ArtifactEntry> entries;
  for (const Json& file : ElementsOf(answer, "files")) {
    const Json* is_folder = file.Find("is_dir");
    entries.push_back({path.empty() ? TextOf(file, "path") : JoinUri(path, TextOf(file, "path")),
                       is_folder != nullptr && is_folder->is_bool() && is_folder->boolean(),
                       static_cast<std::uint64_t>(IntegerOf(file, "file_size"))});
  }
  return entries;
}

Status RestArtifacts::Download(const std::string& root_uri, const std::string& path,
                               const std::filesystem::path& file) {
  VALENCE_RETURN_IF_ERROR(CheckArtifactPath(path, /*allow_root=*/false));
  VALENCE_TRY(const RootKind kind, KindOf(root_uri));
  if (kind == RootKind::kFile) {
    VALENCE_TRY(const std::filesystem::path folder, LocalRoot(root_uri, ""));
    return DownloadLocal(folder, path, file);
  }
  if (kind == RootKind::kObject) {
    VALENCE_TRY(ObjectStore * objects, Objects(root_uri));
    return objects->Download(JoinUri(root_uri, path), file);
  }
  const ProxyRoot root = HttpRootOf(kind, client_->server(), root_uri);
  FileSink sink(file);
  net::HttpCall call;
  call.url = root.FileUrl(path);
  const std::string what = fmt::format("downloading {} from {}", path, root.service);
  Result<net::HttpReply> reply = client_->ExchangeFile(std::move(call), what, sink.AsSink());
  if (!reply.has_value()) {
    Error error = std::move(reply).error();
    if (error.code == ErrorCode::kUnimplemented)
      error.code = ErrorCode::kNotFound;  // a plain 404 is an absent file here
    return error;
  }
  return sink.Commit();
}

Result<ObjectStore*> RestArtifacts::Objects(const std::string& root_uri) {
  if (objects_ == nullptr) {
    if (!client_->options().open_objects) {
      return Unimplemented(fmt::format("artifacts at {}: this build has no client for object stores", root_uri));
    }
    VALENCE_TRY(objects_, client_->options().open_objects());
  }
  return objects_.get();
}

}  // namespace valence::tracking::internal
