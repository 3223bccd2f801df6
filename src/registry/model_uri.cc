// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "valence/registry/model_source.h"

namespace valence::registry {
namespace {

using Kind = ModelUri::Kind;

bool TakePrefix(std::string_view prefix, std::string_view* text) {
  if (!text->starts_with(prefix)) return false;
  text->remove_prefix(prefix.size());
  return true;
}

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

Error Malformed(std::string_view text) {
  return InvalidArgument(fmt::format(
      "'{}' names no model: expected models:/<name>@<alias>, models:/<name>/<version>, models:/<name>/latest, "
      "models:/m-<id> or runs:/<run id>/<path>",
      text));
}

Result<ModelUri> ParseRegistered(std::string_view text, std::string_view rest) {
  ModelUri uri{.text = std::string(text)};
  if (const auto at = rest.find('@'); at != std::string_view::npos) {
    uri.kind = Kind::kAlias;
    uri.name = rest.substr(0, at);
    uri.value = rest.substr(at + 1);
  } else if (const auto slash = rest.find('/'); slash != std::string_view::npos) {
    uri.name = rest.substr(0, slash);
    uri.value = rest.substr(slash + 1);
    uri.kind = uri.value == "latest" ? Kind::kLatest : Kind::kVersion;
    if (uri.kind == Kind::kVersion && !IsNumber(uri.value)) return Malformed(text);
  } else if (rest.starts_with("m-")) {
    uri.kind = Kind::kLoggedModel;
    uri.name = uri.value = rest;
  }
  if (uri.name.empty() || uri.value.empty()) return Malformed(text);
  return uri;
}

}  // namespace

Result<ModelUri> ParseModelUri(std::string_view text) {
  std::string_view rest = text;
  if (TakePrefix("models:/", &rest)) return ParseRegistered(text, rest);
  ModelUri uri{.text = std::string(text), .value = std::string(text)};
  if (TakePrefix("runs:/", &rest)) {
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size()) return Malformed(text);
    uri.kind = Kind::kRun;
    uri.name = rest.substr(0, slash);
    uri.value = rest.substr(slash + 1);
  } else if (text.starts_with("s3://")) {
    uri.kind = Kind::kS3;
  } else if (text.starts_with("http://") || text.starts_with("https://")) {
    uri.kind = Kind::kHttp;
  } else if (TakePrefix("file://", &rest)) {
    uri.value = rest;
  } else if (text.find("://") != std::string_view::npos) {
    return InvalidArgument(fmt::format("'{}': expected a path, file://, http(s)://, s3://, models:/ or runs:/", text));
  }
  return uri;
}

}  // namespace valence::registry
