// SPDX-License-Identifier: Apache-2.0
// The only place that sees yaml-cpp, whose exceptions end here.
#include "valence/base/yaml.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <unordered_set>

#include "valence/base/utf8.h"

namespace valence {
namespace {

constexpr std::size_t kMaxBytes = 1 << 20;
constexpr int kMaxDepth = 64;
// An alias costs yaml-cpp a pointer but us a copy, so a short text of nested aliases could fill the memory.
constexpr int kMaxNodes = 100'000;
constexpr std::size_t kMaxCopiedBytes = 16 << 20;

class Converter {
 public:
  explicit Converter(std::string_view name) : name_(name) {}

  Result<Yaml> Convert(const YAML::Node& node, int depth) {
    const int line = node.Mark().line + 1;
    if (depth > kMaxDepth) return Fail(line, fmt::format("nested more than {} deep", kMaxDepth));
    if (++nodes_ > kMaxNodes || copied_bytes_ > kMaxCopiedBytes) return Fail(line, "too many values");
    const std::string& tag = node.Tag();
    if (!tag.empty() && tag != "?" && tag != "!" && tag != kStringTag) {
      return Fail(line, fmt::format("the tag {} is not supported", tag));
    }
    Yaml result;
    result.line = line;
    switch (node.Type()) {
      case YAML::NodeType::Scalar:
        result.kind = Yaml::Kind::kScalar;
        result.scalar = node.Scalar();
        result.quoted = tag == "!" || tag == kStringTag;
        copied_bytes_ += result.scalar.size();
        return result;
      case YAML::NodeType::Sequence:
        return ConvertSequence(node, depth, std::move(result));
      case YAML::NodeType::Map:
        return ConvertMap(node, depth, std::move(result));
      case YAML::NodeType::Null:
      case YAML::NodeType::Undefined:
        break;
    }
    return result;
  }

  Error Fail(int line, std::string_view what) const { return DataCorrupt(fmt::format("{}:{}: {}", name_, line, what)); }

 private:
  static constexpr const char* kStringTag = "tag:yaml.org,2002:str";

  Result<Yaml> ConvertSequence(const YAML::Node& node, int depth, Yaml result) {
    result.kind = Yaml::Kind::kSequence;
    for (const YAML::Node& item : node) {
      VALENCE_TRY(Yaml converted, Convert(item, depth + 1));
      result.items.push_back(std::move(converted));
    }
    return result;
  }

  Result<Yaml> ConvertMap(const YAML::Node& node, int depth, Yaml result) {
    result.kind = Yaml::Kind::kMap;
    std::unordered_set<std::string> keys;
    for (const auto& member : node) {
      const int line = member.first.Mark().line + 1;
      if (member.first.IsSequence() || member.first.IsMap()) return Fail(line, "a key must be plain text");
      const std::string key = member.first.IsNull() ? "null" : member.first.Scalar();
      copied_bytes_ += key.size();
      if (!keys.insert(key).second) return Fail(line, fmt::format("the key '{}' is repeated", key));
      VALENCE_TRY(Yaml value, Convert(member.second, depth + 1));
      value.line = line;  // where a person looks for it, also if the value begins below or is an alias
      result.members.emplace_back(key, std::move(value));
    }
    return result;
  }

  std::string_view name_;
  int nodes_ = 0;
  std::size_t copied_bytes_ = 0;
};

}  // namespace

Result<Yaml> Yaml::Parse(std::string_view text, std::string_view name) {
  Converter converter(name);
  if (text.size() > kMaxBytes) return ResourceExhausted(fmt::format("{}: larger than {} bytes", name, kMaxBytes));
  if (const auto bad = utf8::FindInvalid(text)) {
    const auto before = std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(*bad), '\n');
    return converter.Fail(static_cast<int>(before) + 1, "not UTF-8");
  }
  try {
    const std::vector<YAML::Node> documents = YAML::LoadAll(std::string(text));
    if (documents.empty()) return Yaml();
    if (documents.size() > 1) return converter.Fail(documents[1].Mark().line + 1, "only one document is allowed");
    return converter.Convert(documents[0], 1);
  } catch (const YAML::Exception& e) {
    return converter.Fail(e.mark.line + 1, e.msg);
  }
}

}  // namespace valence
