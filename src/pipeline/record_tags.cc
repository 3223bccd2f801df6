// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "record_parts.h"
#include "stage_files.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/base/version.h"
#include "valence/base/yaml.h"

namespace valence::pipeline {
namespace {

constexpr std::size_t kLongestKey = 250;
constexpr std::size_t kLongestNote = 8000;

/// MLflow's /\w.- : and space (mlflow/utils/validation.py); bytes of other scripts are letters to it.
bool IsKeyByte(unsigned char c) {
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         std::string_view("/_.-: ").find(static_cast<char>(c)) != std::string_view::npos;
}

void CutAt(std::size_t limit, std::string* text) {
  if (text->size() <= limit) return;
  while (limit > 0 && (static_cast<unsigned char>((*text)[limit]) & 0xC0u) == 0x80u) --limit;
  text->resize(limit);
}

/// The model card without its YAML head, which only Hugging Face reads.
std::string Note(const std::filesystem::path& card) {
  auto text = ReadFile(card, 1u << 20);
  if (!text) return {};
  if (text->starts_with("---\n")) {
    const auto end = text->find("\n---\n", 3);
    if (end != std::string::npos) text->erase(0, end + 5);
  }
  CutAt(kLongestNote, &*text);
  return std::move(*text);
}

}  // namespace

std::string KeyOf(std::string_view text) {
  std::string key(text);
  for (char& c : key) {
    if (!IsKeyByte(static_cast<unsigned char>(c))) c = '_';
  }
  CutAt(kLongestKey, &key);
  return key;
}

std::vector<tracking::Param> RecordedParams(const Json& parameters) {
  std::vector<tracking::Param> params;
  for (auto& [key, value] : FlatParameters(parameters)) params.push_back({KeyOf(key), std::move(value)});
  return params;
}

void AddVersioningTags(std::vector<tracking::Tag>* tags) {
  const auto text = ReadFile("dvc.lock", 16u << 20);
  if (!text) return;
  tags->push_back({"valence.dvc_lock", "sha256:" + Sha256Hex(*text)});
  const auto lock = Yaml::Parse(*text, "dvc.lock");
  const Yaml* stages = lock ? lock->Find("stages") : nullptr;
  const Yaml* ingest = stages != nullptr ? stages->Find("ingest") : nullptr;
  const Yaml* outs = ingest != nullptr ? ingest->Find("outs") : nullptr;
  if (outs == nullptr) return;
  for (const Yaml& out : outs->items) {
    const Yaml* path = out.Find("path");
    const Yaml* md5 = out.Find("md5");
    if (path == nullptr || md5 == nullptr || !path->scalar.starts_with("data/")) continue;
    tags->push_back({KeyOf("valence.dvc/" + path->scalar), "md5:" + md5->scalar});
  }
}

std::vector<tracking::Tag> ContextTags(const RunContext& context, const std::string& user) {
  std::vector<tracking::Tag> tags{{"mlflow.user", user},
                                  {"mlflow.source.name", context.command},
                                  {"mlflow.source.type", "LOCAL"},
                                  {"valence.version", std::string(kVersion)}};
  const SourceControl& source = context.source;
  if (!source.commit.empty()) {
    tags.push_back({"mlflow.source.git.commit", source.commit});
    tags.push_back({"mlflow.source.git.dirty", source.dirty ? "true" : "false"});
  }
  if (!source.branch.empty()) tags.push_back({"mlflow.source.git.branch", source.branch});
  if (!source.remote_url.empty()) tags.push_back({"mlflow.source.git.repoURL", source.remote_url});
  return tags;
}

void AddModelTags(const classifier::ModelBundle& bundle, const std::string& digest, const Json& figures,
                  const Layout& layout, std::vector<tracking::Tag>* tags) {
  tags->push_back({std::string(kModelDigestTag), "sha256:" + digest});
  for (const auto& [key, value] : bundle.lineage) {
    if (key != "valence_version") tags->push_back({"valence." + key, value});
  }
  if (const Json* passed = figures.Find("gate_passed"); passed != nullptr && passed->is_bool()) {
    tags->push_back({"valence.gate", passed->boolean() ? "passed" : "refused"});
  }
  if (std::string note = Note(layout.reports / "model_card.md"); !note.empty()) {
    tags->push_back({"mlflow.note.content", std::move(note)});
  }
}

}  // namespace valence::pipeline
