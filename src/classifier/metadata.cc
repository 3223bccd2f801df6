// SPDX-License-Identifier: Apache-2.0
#include "metadata.h"

#include <fmt/format.h>

#include "valence/base/config.h"
#include "valence/base/yaml.h"

namespace valence::classifier {
namespace {

using safetensors::Metadata;

// Frozen: readers tell a Valence model and its generation by these.
constexpr std::string_view kFormat = "valence.model";
constexpr std::string_view kFormatVersion = "1";

Error Corrupt(std::string_view key, std::string_view what) {
  return DataCorrupt(fmt::format("metadata {}: {}", key, what));
}

ConfigSection VectorizerSection(features::VectorizerConfig* config) {
  return {"vectorizer", "", [config](FieldVisitor& v) { config->Describe(v); }};
}

Json ToJson(const std::map<std::string, std::string>& strings) {
  Json json = Json::MakeObject();
  for (const auto& [key, value] : strings) json.Set(key, value);
  return json;
}

Result<std::string> Text(const Metadata& metadata, const std::string& key) {
  const auto found = metadata.find(key);
  if (found == metadata.end()) return Corrupt(key, "missing");
  return found->second;
}

Result<Json> ParseJson(const Metadata& metadata, const std::string& key) {
  VALENCE_TRY(const std::string text, Text(metadata, key));
  auto json = Json::Parse(text);
  if (!json) return Corrupt(key, json.error().message);
  return json;
}

Status ExpectText(const Metadata& metadata, const std::string& key, std::string_view expected) {
  VALENCE_TRY(const std::string found, Text(metadata, key));
  if (found != expected) return Corrupt(key, fmt::format("expected \"{}\", found \"{}\"", expected, found));
  return Ok();
}

Result<std::vector<std::string>> ParseStrings(const Metadata& metadata, const std::string& key) {
  VALENCE_TRY(const Json json, ParseJson(metadata, key));
  if (!json.is_array()) return Corrupt(key, "expected a JSON array of strings");
  std::vector<std::string> strings;
  for (const Json& item : json.array()) {
    if (!item.is_string()) return Corrupt(key, "expected a JSON array of strings");
    strings.push_back(item.string());
  }
  return strings;
}

Result<std::map<std::string, std::string>> ParseStringMap(const Metadata& metadata, const std::string& key) {
  VALENCE_TRY(const Json json, ParseJson(metadata, key));
  if (!json.is_object()) return Corrupt(key, "expected a JSON object of strings");
  std::map<std::string, std::string> strings;
  for (const auto& [name, value] : json.object()) {
    if (!value.is_string()) return Corrupt(key, "expected a JSON object of strings");
    strings[name] = value.string();
  }
  return strings;
}

// The same value as the YAML parser would see: a model file needs no YAML parser, only its tree.
Yaml ToYaml(const Json& json) {
  Yaml yaml;
  yaml.line = 1;
  if (json.is_array()) {
    yaml.kind = Yaml::Kind::kSequence;
    for (const Json& item : json.array()) yaml.items.push_back(ToYaml(item));
  } else if (json.is_object()) {
    yaml.kind = Yaml::Kind::kMap;
    for (const auto& [key, value] : json.object()) yaml.members.emplace_back(key, ToYaml(value));
  } else if (!json.is_null()) {
    yaml.kind = Yaml::Kind::kScalar;
    yaml.quoted = json.is_string();
    yaml.scalar = json.is_string() ? json.string() : json.Dump();
  }
  return yaml;
}

// As YAML, so that the range checks of params.yaml serve here too.
Result<features::VectorizerConfig> ParseVectorizer(const Metadata& metadata) {
  VALENCE_TRY(const Json json, ParseJson(metadata, "vectorizer"));
  features::VectorizerConfig config;
  const Status applied = ApplyYaml(VectorizerSection(&config), ToYaml(json), "vectorizer");
  if (!applied) return Corrupt("vectorizer", applied.error().message);
  return config;
}

}  // namespace

Metadata EncodeMetadata(const ModelBundle& bundle) {
  features::VectorizerConfig config = bundle.vectorizer.config;
  return {{"format", std::string(kFormat)},
          {"format_version", std::string(kFormatVersion)},
          {"labels", Json::ArrayOf(bundle.labels).Dump()},
          {"preprocess", Json::ArrayOf(bundle.preprocess_steps).Dump()},
          {"vectorizer", valence::ToJson(VectorizerSection(&config)).Dump()},
          {"lineage", ToJson(bundle.lineage).Dump()},
          {"certificate", bundle.certificate.Dump()},
          {"parameters", bundle.parameters.Dump()}};
}

Status DecodeMetadata(const Metadata& metadata, ModelBundle* bundle) {
  VALENCE_RETURN_IF_ERROR(ExpectText(metadata, "format", kFormat));
  VALENCE_RETURN_IF_ERROR(ExpectText(metadata, "format_version", kFormatVersion));
  VALENCE_TRY(bundle->labels, ParseStrings(metadata, "labels"));
  VALENCE_TRY(bundle->preprocess_steps, ParseStrings(metadata, "preprocess"));
  VALENCE_TRY(bundle->vectorizer.config, ParseVectorizer(metadata));
  VALENCE_TRY(bundle->lineage, ParseStringMap(metadata, "lineage"));
  VALENCE_TRY(bundle->certificate, ParseJson(metadata, "certificate"));
  VALENCE_TRY(bundle->parameters, ParseJson(metadata, "parameters"));
  return Ok();
}

}  // namespace valence::classifier
