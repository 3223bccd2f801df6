// SPDX-License-Identifier: Apache-2.0
#include "router.h"

#include <algorithm>

namespace valence::serving {
namespace {

bool IsBelow(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
}

/// Whether `path` is of the form `pattern`; its gaps' values go into `parameters`.
bool Fits(std::string_view pattern, std::string_view path, PathParameters* parameters) {
  parameters->Clear();
  for (;;) {
    const std::size_t gap = pattern.find('{');
    const std::string_view literal = pattern.substr(0, gap);
    if (!path.starts_with(literal)) return false;
    path.remove_prefix(literal.size());
    if (gap == std::string_view::npos) return path.empty();
    pattern.remove_prefix(gap + 1);
    const std::size_t name_end = pattern.find('}');
    const std::string_view value = path.substr(0, path.find_first_of("/:"));
    if (value.empty()) return false;
    parameters->Add(pattern.substr(0, name_end), value);
    pattern.remove_prefix(name_end + 1);
    path.remove_prefix(value.size());
  }
}

bool Takes(std::string_view route_method, std::string_view method) {
  return method == route_method || (method == "HEAD" && route_method == "GET");
}

}  // namespace

std::string_view PathParameters::operator[](std::string_view name) const {
  for (std::size_t i = 0; i < size_; ++i) {
    if (items_[i].first == name) return items_[i].second;
  }
  return {};
}

std::size_t Router::LabelIndex(std::string_view label) {
  const auto found = std::find(labels_.begin(), labels_.end(), label);
  const auto index = static_cast<std::size_t>(found - labels_.begin());
  if (found == labels_.end()) labels_.push_back(label);
  return index;
}

void Router::Add(const Route& route) {
  const bool has_gap = route.pattern.find('{') != std::string_view::npos;
  std::vector<Node>& nodes = has_gap ? patterns_ : literal_;
  auto node = std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return n.pattern == route.pattern; });
  if (node == nodes.end()) {
    const auto place =
        std::find_if(nodes.begin(), nodes.end(), [&](const Node& n) { return !has_gap && route.pattern < n.pattern; });
    node = nodes.insert(place, Node{route.pattern, {}});
  }
  node->targets.push_back({route, LabelIndex(route.label.empty() ? route.pattern : route.label)});
}

void Router::AddErrorShape(std::string_view prefix, ErrorWriter writer) { shapes_.emplace_back(prefix, writer); }

const Router::Node* Router::FindNode(std::string_view path, PathParameters* parameters) const {
  const auto literal = std::lower_bound(literal_.begin(), literal_.end(), path,
                                        [](const Node& node, std::string_view p) { return node.pattern < p; });
  if (literal != literal_.end() && literal->pattern == path) return &*literal;
  const auto fits = [&](const Node& node) { return Fits(node.pattern, path, parameters); };
  const auto found = std::find_if(patterns_.begin(), patterns_.end(), fits);
  return found == patterns_.end() ? nullptr : &*found;
}

Router::Match Router::Find(std::string_view method, std::string_view path, PathParameters* parameters) const {
  Match match;
  const Node* const node = FindNode(path, parameters);
  if (node == nullptr) {
    match.write_error = ErrorsAt(path);
    return match;
  }
  for (const Target& target : node->targets) {
    match.label = target.label;
    match.write_error = target.route.write_error;
    if (Takes(target.route.method, method)) {
      match.route = &target.route;
      return match;
    }
  }
  for (const Target& target : node->targets) {
    if (!match.allow.empty()) match.allow.append(", ");
    match.allow.append(target.route.method == "GET" ? "GET, HEAD" : target.route.method);
  }
  return match;
}

ErrorWriter Router::ErrorsAt(std::string_view path) const {
  PathParameters ignored;
  if (const Node* const node = FindNode(path, &ignored); node != nullptr) {
    return node->targets.front().route.write_error;
  }
  std::size_t longest = 0;
  ErrorWriter writer = &WriteError;
  for (const auto& [prefix, shape] : shapes_) {
    if (prefix.size() < longest || !IsBelow(path, prefix)) continue;
    longest = prefix.size();
    writer = shape;
  }
  return writer;
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> all;
  for (const auto* nodes : {&literal_, &patterns_}) {
    for (const Node& node : *nodes) {
      for (const Target& target : node.targets) all.push_back(&target.route);
    }
  }
  return all;
}

}  // namespace valence::serving
