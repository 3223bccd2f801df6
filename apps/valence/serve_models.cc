// SPDX-License-Identifier: Apache-2.0
#include "serve_models.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "model_card_file.h"
#include "model_loading.h"
#include "registering.h"

namespace valence::app {
namespace {

using Kind = registry::ModelUri::Kind;

/// What a model is called whose source has no name for it.
std::string FileStem(const std::string& source) { return std::filesystem::path(source).stem().string(); }

Result<serving::LoadedModel> Load(const std::string& source) {
  VALENCE_TRY(const LoadedModel loaded, LoadModel(source, Progress::None()));
  const std::string name = serving::IsModelName(loaded.source.name) ? loaded.source.name : FileStem(source);
  std::string card = ReadModelCard(loaded.source.file, loaded.trained.classifier->bundle().digest);
  return serving::LoadedModel{loaded.trained.classifier, name, loaded.source.version, std::move(card)};
}

Result<std::string> FileFingerprint(const std::filesystem::path& file) {
  struct stat info = {};
  if (::stat(file.c_str(), &info) != 0) {
    return Error{errno == ENOENT ? ErrorCode::kNotFound : ErrorCode::kUnavailable,
                 fmt::format("{}: {}", file.string(), std::strerror(errno))};
  }
  return fmt::format("{}-{}-{}.{:09}", info.st_ino, info.st_size, info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
}

Result<std::string> Fingerprint(const std::string& source) {
  VALENCE_TRY(const registry::ModelUri uri, registry::ParseModelUri(source));
  switch (uri.kind) {
    case Kind::kPath: {
      VALENCE_TRY(const registry::FetchedModel here, registry::FetchModel(uri, {}, {}, Progress::None()));
      return FileFingerprint(here.file);
    }
    case Kind::kAlias:
    case Kind::kLatest: {
      VALENCE_TRY(const tracking::Stores stores, OpenStoresWithRegistry({}));
      return registry::ResolveVersion(uri, *stores.registry);
    }
    case Kind::kVersion:
    case Kind::kLoggedModel:
    case Kind::kRun:
      return source;
    case Kind::kHttp:
    case Kind::kS3:
      return registry::RemoteVersion(uri);
  }
  return std::string();
}

}  // namespace

Result<serving::ModelSpec> ParseModelSpec(const std::string& flag, const std::string& text) {
  serving::ModelSpec spec;
  std::size_t equals = text.find('=');
  if (text.find('/') < equals) equals = std::string::npos;  // of a path or an URL, not of a name
  spec.source = equals == std::string::npos ? text : text.substr(equals + 1);
  if (equals == std::string::npos) return spec;
  const std::string id = text.substr(0, equals);
  const std::size_t at = id.find('@');
  spec.name = id.substr(0, at);
  spec.version = at == std::string::npos ? "1" : id.substr(at + 1);
  const std::string& version = spec.version;
  const bool digits = std::all_of(version.begin(), version.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!serving::IsModelName(spec.name) || version.empty() || !digits) {
    return InvalidArgument(
        fmt::format("{} {}: expected [NAME[@VERSION]=]FILE with a name of letters, digits, "
                    "'.', '_' and '-' and a whole number as version",
                    flag, text));
  }
  if (at == std::string::npos) spec.version.clear();
  return spec;
}

serving::ModelLoader MakeModelLoader(bool follows) {
  if (follows) return {.load = Load, .fingerprint = Fingerprint};
  return {.load = Load, .fingerprint = [](const std::string&) { return Result<std::string>(std::string()); }};
}

}  // namespace valence::app
