// SPDX-License-Identifier: Apache-2.0
#include "valence/tracking/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace valence::tracking {
namespace {

constexpr std::array<std::pair<RunStatus, std::string_view>, 5> kStatusNames{{{RunStatus::kRunning, "RUNNING"},
                                                                              {RunStatus::kScheduled, "SCHEDULED"},
                                                                              {RunStatus::kFinished, "FINISHED"},
                                                                              {RunStatus::kFailed, "FAILED"},
                                                                              {RunStatus::kKilled, "KILLED"}}};

}  // namespace

std::string_view FindTag(const std::vector<Tag>& tags, std::string_view key) {
  const auto found = std::find_if(tags.begin(), tags.end(), [&](const Tag& tag) { return tag.key == key; });
  return found == tags.end() ? std::string_view() : found->value;
}

std::string_view RunStatusName(RunStatus status) {
  return std::find_if(kStatusNames.begin(), kStatusNames.end(), [&](const auto& e) { return e.first == status; })
      ->second;
}

Result<RunStatus> ParseRunStatus(std::string_view name) {
  const auto found =
      std::find_if(kStatusNames.begin(), kStatusNames.end(), [&](const auto& e) { return e.second == name; });
  if (found == kStatusNames.end()) return DataCorrupt(fmt::format("unknown run status '{}'", name));
  return found->first;
}

}  // namespace valence::tracking
