// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "http_error.h"

namespace valence::serving {

struct Exchange;

/// What stands in a pattern's gaps, by the gap's name.
class PathParameters {
 public:
  static constexpr std::size_t kMax = 2;

  /// The value of gap `name`, or "" if the pattern has none of this name.
  std::string_view operator[](std::string_view name) const;
  void Add(std::string_view name, std::string_view value) { items_[size_++] = {name, value}; }
  void Clear() { size_ = 0; }

 private:
  std::array<std::pair<std::string_view, std::string_view>, kMax> items_;
  std::size_t size_ = 0;
};

using Handler = void (*)(Exchange&);
/// Words an error as a protocol's clients expect it.
using ErrorWriter = void (*)(const HttpError&, net::HttpResponse*);

/// One thing the service does. Every view is of a literal.
struct Route {
  std::string_view method;   ///< "GET" (HEAD comes with it) or "POST"
  std::string_view pattern;  ///< a path; a `{name}` stands for one or more characters other than '/' and ':'
  Handler handler = nullptr;
  ErrorWriter write_error = &WriteError;
  /// The route's name in metrics, "" for its pattern. Routes that share one are one series.
  std::string_view label = {};
};

/// Finds the route for a request: a closed table, filled once.
class Router {
 public:
  struct Match {
    const Route* route = nullptr;  ///< nullptr: 404, or 405 if `allow` is not empty
    std::size_t label = 0;         ///< index in labels()
    ErrorWriter write_error = &WriteError;
    std::string allow;  ///< for 405: the Allow header's value
  };

  Router() { labels_.emplace_back("unknown"); }
  /// Requires patterns of at most PathParameters::kMax gaps, and each (method, pattern) once.
  void Add(const Route& route);
  /// Errors of paths at and below `prefix` that lead nowhere are worded by `writer`; the longest prefix wins.
  void AddErrorShape(std::string_view prefix, ErrorWriter writer);

  Match Find(std::string_view method, std::string_view path, PathParameters* parameters) const;
  /// Who words the errors of a request for `path`, whatever its method.
  ErrorWriter ErrorsAt(std::string_view path) const;
  /// "unknown", then each route's label, without repetition.
  const std::vector<std::string_view>& labels() const { return labels_; }
  std::vector<const Route*> routes() const;

 private:
  struct Target {
    Route route;
    std::size_t label = 0;
  };
  /// A pattern and what its methods lead to.
  struct Node {
    std::string_view pattern;
    std::vector<Target> targets;
  };
  const Node* FindNode(std::string_view path, PathParameters* parameters) const;
  std::size_t LabelIndex(std::string_view label);

  std::vector<Node> literal_;  // sorted by pattern
  std::vector<Node> patterns_;
  std::vector<std::string_view> labels_;
  std::vector<std::pair<std::string_view, ErrorWriter>> shapes_;
};

}  // namespace valence::serving
