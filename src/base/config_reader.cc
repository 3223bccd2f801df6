// SPDX-License-Identifier: Apache-2.0
#include "config_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "config_ranges.h"
#include "nearest_name.h"
#include "valence/base/utf8.h"
#include "yaml_scalars.h"

namespace valence::internal {
namespace {

// Longest piece of a user's value worth repeating in a message.
constexpr std::size_t kMaxShown = 80;

/// Visits a struct's fields and sets those that the map has. Stops looking at the first error.
class Reader : public FieldVisitor {
 public:
  Reader(const Yaml& map, const Locate& locate) : map_(map), locate_(locate) {}

  void Visit(const FieldInfo& info, bool& value) override { Set(info, "true or false", "", value, ScalarAsBool); }
  void Visit(const FieldInfo& info, std::int64_t& value, Bounds bounds) override {
    Set(info, "a whole number", RangeInWords(info, bounds), value,
        [&](const Yaml& node) { return WholeNumberWithin(node, bounds); });
  }
  void Visit(const FieldInfo& info, double& value, Bounds bounds) override {
    Set(info, "a number", RangeInWords(info, bounds), value, [&](const Yaml& node) -> std::optional<double> {
      const auto number = ScalarAsDouble(node);
      return number && IsWithin(*number, bounds) ? number : std::nullopt;
    });
  }
  void Visit(const FieldInfo& info, std::string& value, const std::vector<std::string_view>& choices) override {
    Set(info, choices.empty() ? "text" : "", RangeInWords(info, choices), value,
        [&](const Yaml& node) { return TextAmong(node, choices); });
  }
  void Visit(const FieldInfo& info, std::vector<std::string>& value,
             const std::vector<std::string_view>& choices) override {
    Set(info, choices.empty() ? "a list of texts" : "a list, each", RangeInWords(info, choices), value,
        [&](const Yaml& node) { return ListAmong(node, choices); });
  }
  void Visit(const FieldInfo& info, std::pair<std::int64_t, std::int64_t>& value, Bounds bounds) override {
    Set(info, "a list of two whole numbers", RangeInWords(info, bounds), value, [&](const Yaml& node) {
      std::optional<std::pair<std::int64_t, std::int64_t>> pair;
      if (node.items.size() != 2) return pair;
      const auto first = WholeNumberWithin(node.items[0], bounds);
      const auto second = WholeNumberWithin(node.items[1], bounds);
      if (first && second) pair.emplace(*first, *second);
      return pair;
    });
  }
  void Visit(const FieldInfo& info, StringMap& value) override {
    Set(info, "a map from text to text", info.range, value,
        [](const Yaml& node) { return MapOf<StringMap>(node, [](const Yaml& v) { return TextAmong(v, {}); }); });
  }
  void Visit(const FieldInfo& info, NumberMap& value) override {
    Set(info, "a map from text to number", info.range, value,
        [](const Yaml& node) { return MapOf<NumberMap>(node, ScalarAsDouble); });
  }
  void Visit(const FieldInfo& info, Yaml& value) override {
    Set(info, "a map", info.range, value,
        [](const Yaml& node) { return node.kind == Yaml::Kind::kMap ? std::optional(node) : std::nullopt; });
  }
  void VisitCountOrShare(const FieldInfo& info, CountOrShare& value) override {
    Set(info, "a whole number >= 1 or a share between 0.0 and 1.0", info.range, value, ReadCountOrShare);
  }

  /// The outcome once all fields were visited.
  Status Finish() && {
    if (error_) return std::move(*error_);
    for (const auto& [key, node] : map_.members) {
      if (std::find(known_.begin(), known_.end(), key) != known_.end()) continue;
      return InvalidArgument(fmt::format("{}: unknown key{}", locate_(node.line, key), Suggestion(key, known_)));
    }
    return Ok();
  }

 private:
  // Sets `value` to `read(node)` if the map has the field; nothing read means the node is not what was wanted.
  template <class T, class Read>
  void Set(const FieldInfo& info, std::string_view wanted, std::string_view range, T& value, Read read) {
    known_.emplace_back(info.name);
    const Yaml* const node = map_.Find(info.name);
    if (node == nullptr || error_) return;
    if (auto got = read(*node)) {
      value = std::move(*got);
      return;
    }
    const std::string_view space = wanted.empty() || range.empty() ? "" : " ";
    error_ = InvalidArgument(
        fmt::format("{}: expected {}{}{}, got {}", locate_(node->line, info.name), wanted, space, range, Got(*node)));
  }

  static std::optional<std::int64_t> WholeNumberWithin(const Yaml& node, const Bounds& bounds) {
    const auto number = ScalarAsInt(node);
    return number && IsWithin(static_cast<double>(*number), bounds) ? number : std::nullopt;
  }

  // A plain 1 or true is text here: labels are often written so. Nothing at all is the empty text.
  static std::optional<std::string> TextAmong(const Yaml& node, const std::vector<std::string_view>& choices) {
    if (node.kind == Yaml::Kind::kSequence || node.kind == Yaml::Kind::kMap) return std::nullopt;
    if (choices.empty() || std::find(choices.begin(), choices.end(), node.scalar) != choices.end()) return node.scalar;
    return std::nullopt;
  }

  static std::optional<std::vector<std::string>> ListAmong(const Yaml& node,
                                                           const std::vector<std::string_view>& choices) {
    if (node.kind != Yaml::Kind::kSequence && node.kind != Yaml::Kind::kNull) return std::nullopt;
    std::vector<std::string> list;
    for (const Yaml& item : node.items) {
      auto text = TextAmong(item, choices);
      if (!text) return std::nullopt;
      list.push_back(std::move(*text));
    }
    return list;
  }

  template <class Map, class Read>
  static std::optional<Map> MapOf(const Yaml& node, Read read) {
    if (node.kind != Yaml::Kind::kMap && node.kind != Yaml::Kind::kNull) return std::nullopt;
    Map map;
    for (const auto& [key, member] : node.members) {
      auto value = read(member);
      if (!value) return std::nullopt;
      map.emplace(key, std::move(*value));
    }
    return map;
  }

  static std::optional<CountOrShare> ReadCountOrShare(const Yaml& node) {
    if (const auto count = ScalarAsInt(node)) {
      if (*count < 1) return std::nullopt;
      return CountOrShare{.is_share = false, .value = static_cast<double>(*count)};
    }
    const auto share = ScalarAsDouble(node);
    if (!share || !IsWithin(*share, Between(0, 1))) return std::nullopt;
    return CountOrShare{.is_share = true, .value = *share};
  }

  const Yaml& map_;
  const Locate& locate_;
  std::vector<std::string> known_;
  std::optional<Error> error_;
};

}  // namespace

std::string Got(const Yaml& node) {
  const auto shown = [](std::string_view text) { return fmt::format("'{}'", text); };
  switch (node.kind) {
    case Yaml::Kind::kScalar:
      return node.scalar.size() <= kMaxShown ? shown(node.scalar)
                                             : shown(std::string(utf8::Truncate(node.scalar, kMaxShown)) + "...");
    case Yaml::Kind::kSequence: {
      std::vector<std::string> items;
      for (const Yaml& item : node.items) items.push_back(Got(item));
      const std::string list = fmt::format("[{}]", fmt::join(items, ", "));
      return list.size() <= kMaxShown ? list : fmt::format("a list of {}", node.items.size());
    }
    case Yaml::Kind::kMap:
      return "a map";
    case Yaml::Kind::kNull:
      break;
  }
  return "nothing";
}

Status ReadSection(const ConfigSection& section, const Yaml& node, const Locate& locate) {
  if (node.kind != Yaml::Kind::kMap && node.kind != Yaml::Kind::kNull) {
    return InvalidArgument(fmt::format("{}: expected a map of keys, got {}", locate(node.line, ""), Got(node)));
  }
  Reader reader(node, locate);
  section.describe(reader);
  return std::move(reader).Finish();
}

}  // namespace valence::internal

namespace valence {

// Not in config.cc, beside the functions that parse texts: libvalence.so needs this one, and links no YAML parser.
Status ApplyYaml(const ConfigSection& section, const Yaml& node, std::string_view where) {
  return internal::ReadSection(section, node, [&](int line, std::string_view key) {
    return fmt::format("{}:{}: {}{}{}", where, line, section.name, key.empty() ? "" : ".", key);
  });
}

}  // namespace valence
