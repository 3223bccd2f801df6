// SPDX-License-Identifier: Apache-2.0
#include "validation.h"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "valence/base/utf8.h"
#include "valence/text/unicode.h"

namespace valence::tracking {
namespace {

constexpr std::size_t kShownCharacters = 60;

/// `text` as a message shows it: short, and always UTF-8.
std::string Shown(std::string_view text) {
  const std::string repaired = utf8::Repair(text);
  const std::string_view cut = CutTo(repaired, kShownCharacters);
  return cut.size() == repaired.size() ? repaired : std::string(cut) + "...";
}

Error Refused(std::string_view what, std::string_view name, std::string_view why) {
  return InvalidArgument(fmt::format("{} '{}' {}", what, Shown(name), why));
}

Status CheckText(std::string_view what, std::string_view name, std::string_view text, std::size_t limit) {
  if (!utf8::IsValid(text)) return Refused(what, name, "is not UTF-8");
  if (text.size() <= limit) return Ok();
  const std::size_t length = utf8::Length(text);
  if (length > limit)
    return Refused(what, name, fmt::format("has {} characters; MLflow takes at most {}", length, limit));
  return Ok();
}

Status CheckName(std::string_view what, std::string_view name, std::size_t limit) {
  if (name.empty()) return InvalidArgument(fmt::format("{} is empty", what));
  return CheckText(what, name, name, limit);
}

template <class Allowed>
bool AllCharacters(std::string_view text, Allowed allowed) {
  for (std::size_t i = 0; i < text.size();) {
    const utf8::Decoded character = utf8::Decode(text.data() + i);
    if (!allowed(character.code_point)) return false;
    i += character.length;
  }
  return true;
}

bool IsKeyCharacter(char32_t c) {
  return text::IsWordChar(c) || c == '/' || c == '.' || c == '-' || c == ' ' || c == ':';
}

/// Whether os.path.normpath would leave it as it is, and keep it below the folder it names a file in.
bool IsNormalRelativePath(std::string_view path) {
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view segment = path.substr(begin, end - begin);
    if (segment.empty() || segment == "." || segment == "..") return false;
    begin = end + 1;
  }
  return !path.starts_with("..");
}

bool IsVersionLike(std::string_view alias) {
  return alias.size() > 1 && (alias[0] == 'v' || alias[0] == 'V') &&
         std::all_of(alias.begin() + 1, alias.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool IsLatest(std::string_view alias) {
  constexpr std::string_view kLatest = "latest";
  return std::equal(alias.begin(), alias.end(), kLatest.begin(), kLatest.end(),
                    [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; });
}

}  // namespace

std::string_view CutTo(std::string_view text, std::size_t characters) {
  if (text.size() <= characters) return text;
  std::size_t bytes = 0;
  for (; bytes < text.size() && characters > 0; --characters) bytes += utf8::Decode(text.data() + bytes).length;
  return text.substr(0, bytes);
}

Status CheckKey(std::string_view what, std::string_view key) {
  VALENCE_RETURN_IF_ERROR(CheckName(fmt::format("{} key", what), key, limits::kKeyLength));
  if (!AllCharacters(key, IsKeyCharacter))
    return Refused(what, key, "has a character that MLflow does not take in keys (letters, digits, _ - . / : space)");
  if (!IsNormalRelativePath(key)) return Refused(what, key, "is not a plain path: no '..', '.', '//' or '/' at an end");
  return Ok();
}

Status CheckMetrics(std::span<const Metric> metrics) {
  for (const Metric& metric : metrics) {
    VALENCE_RETURN_IF_ERROR(CheckKey("metric", metric.key));
    if (metric.timestamp < 0)
      return Refused("metric", metric.key,
                     fmt::format("has the timestamp {}; it is in ms since 1970", metric.timestamp));
  }
  return Ok();
}

Status CheckParams(std::span<const Param> params) {
  std::unordered_map<std::string_view, std::string_view> seen;
  for (const Param& param : params) {
    VALENCE_RETURN_IF_ERROR(CheckKey("param", param.key));
    if (!utf8::IsValid(param.value)) return Refused("param", param.key, "has a value that is not UTF-8");
    const auto [first, is_new] = seen.emplace(param.key, param.value);
    if (!is_new && first->second != param.value)
      return Refused("param", param.key,
                     fmt::format("is given twice, as '{}' and '{}'", Shown(first->second), Shown(param.value)));
  }
  return Ok();
}

Status CheckTags(std::span<const Tag> tags) {
  for (const Tag& tag : tags) {
    VALENCE_RETURN_IF_ERROR(CheckKey("tag", tag.key));
    if (!utf8::IsValid(tag.value)) return Refused("tag", tag.key, "has a value that is not UTF-8");
  }
  return Ok();
}

Status CheckRegistryTags(std::span<const Tag> tags) {
  for (const Tag& tag : tags) {
    VALENCE_RETURN_IF_ERROR(CheckKey("tag", tag.key));
    VALENCE_RETURN_IF_ERROR(CheckText("the value of tag", tag.key, tag.value, limits::kRegistryTagValueLength));
  }
  return Ok();
}

Status CheckDataset(const DatasetInput& dataset) {
  const std::string& name = dataset.name;
  VALENCE_RETURN_IF_ERROR(CheckName("data set name", name, limits::kDatasetNameLength));
  VALENCE_RETURN_IF_ERROR(CheckName("data set digest", dataset.digest, limits::kDatasetDigestLength));
  VALENCE_RETURN_IF_ERROR(CheckName("data set source type", dataset.source_type, limits::kDatasetSourceTypeLength));
  VALENCE_RETURN_IF_ERROR(CheckText("the source of data set", name, dataset.source, limits::kDatasetSourceLength));
  VALENCE_RETURN_IF_ERROR(CheckText("the schema of data set", name, dataset.schema, limits::kDatasetSchemaLength));
  VALENCE_RETURN_IF_ERROR(CheckText("the profile of data set", name, dataset.profile, limits::kDatasetProfileLength));
  return CheckText("the context of data set", name, dataset.context, limits::kInputTagValueLength);
}

Status CheckExperimentName(std::string_view name) {
  return CheckName("experiment name", name, limits::kExperimentNameLength);
}

Status CheckRunId(std::string_view run_id) {
  VALENCE_RETURN_IF_ERROR(CheckName("run id", run_id, 256));
  const auto allowed = [](char32_t c) { return text::IsWordChar(c) || c == '-'; };
  if (!AllCharacters(run_id, allowed) || run_id[0] == '-' || run_id[0] == '_')
    return Refused("run id", run_id, "is not one: letters and digits are wanted");
  return Ok();
}

Status CheckLoggedModelName(std::string_view name) {
  VALENCE_RETURN_IF_ERROR(CheckName("model name", name, limits::kLoggedModelNameLength));
  if (name.find_first_of("/:.%\"'") != std::string_view::npos)
    return Refused("model name", name, "has one of / : . % \" ', which MLflow does not take");
  return Ok();
}

Status CheckRegisteredModelName(std::string_view name) {
  VALENCE_RETURN_IF_ERROR(CheckName("registered model name", name, limits::kRegisteredModelNameLength));
  if (name.find_first_of("/:") != std::string_view::npos)
    return Refused("registered model name", name, "has a '/' or ':', which MLflow does not take");
  if (!IsNormalRelativePath(name) || name.find_first_not_of(" \t\r\n") == std::string_view::npos)
    return Refused("registered model name", name, "cannot be the name of a folder");
  return Ok();
}

Status CheckAlias(std::string_view alias) {
  VALENCE_RETURN_IF_ERROR(CheckName("alias", alias, limits::kAliasLength));
  if (!AllCharacters(alias, [](char32_t c) { return text::IsWordChar(c) || c == '-'; }))
    return Refused("alias", alias, "has a character that MLflow does not take (letters, digits, _ and -)");
  if (IsLatest(alias) || IsVersionLike(alias)) return Refused("alias", alias, "is reserved by MLflow");
  return Ok();
}

Status CheckDescription(std::string_view description) {
  return CheckText("description", description, description, limits::kDescriptionLength);
}

}  // namespace valence::tracking
