// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace valence::serving {

enum class Route { kPage, kStyle, kScript, kIcon, kPredict, kMetrics, kLive, kReady, kVersion, kUnknown };
inline constexpr std::size_t kRoutes = 10;

Route FindRoute(std::string_view path);
/// The route as a metric label: a closed set, whatever clients ask for.
std::string_view RouteLabel(Route route);
/// The Allow header's value.
std::string_view AllowedMethods(Route route);
bool Allows(Route route, std::string_view method);

}  // namespace valence::serving
