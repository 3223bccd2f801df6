// SPDX-License-Identifier: Apache-2.0
#include "routes.h"

#include <array>

namespace valence::serving {
namespace {

struct Entry {
  std::string_view path;
  std::string_view label;
};

// By Route's value.
constexpr std::array<Entry, kRoutes> kTable = {{{"/", "/"},
                                                {"/static/style.css", "/static"},
                                                {"/static/page.js", "/static"},
                                                {"/static/icon.svg", "/static"},
                                                {"/predict", "/predict"},
                                                {"/metrics", "/metrics"},
                                                {"/livez", "/livez"},
                                                {"/readyz", "/readyz"},
                                                {"/version", "/version"},
                                                {"", "unknown"}}};

}  // namespace

Route FindRoute(std::string_view path) {
  for (std::size_t i = 0; i + 1 < kTable.size(); ++i) {
    if (kTable[i].path == path) return static_cast<Route>(i);
  }
  return Route::kUnknown;
}

std::string_view RouteLabel(Route route) { return kTable[static_cast<std::size_t>(route)].label; }

std::string_view AllowedMethods(Route route) { return route == Route::kPredict ? "POST" : "GET, HEAD"; }

bool Allows(Route route, std::string_view method) {
  if (route == Route::kPredict) return method == "POST";
  return method == "GET" || method == "HEAD";
}

}  // namespace valence::serving
