// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/tracking/registry_store.h"

namespace valence::registry {

/// One entry of the audit history: an alias that moved, or a promotion that was refused.
struct Move {
  std::string id;      ///< unique; orders entries: "<milliseconds since 1970>-<8 hex digits>"
  std::string time;    ///< UTC, "2026-01-31T23:59:59Z"
  std::string who;     ///< user@host
  std::string action;  ///< "register", "promote", "rollback", "refuse"
  std::string model;   ///< registered model
  std::string alias;
  std::string from, to;  ///< versions; "" is none
  std::string reason;    ///< by the person, or the refusals
  Json figures;          ///< what decided: challenger's and champion's main metrics, p-value; or null

  Json ToJson() const;
  static Result<Move> FromJson(const Json& json);
};

/// A Move of now, by the current user, with a new id.
Move NewMove(std::string_view action, std::string_view model, std::string_view alias);

/// Appends one line to the local history (JSON Lines, models/history.jsonl) and makes it durable. Safe among
/// processes. Error: kUnavailable.
Status AppendHistory(const std::filesystem::path& file, const Move& move);
/// The local history in the order written; a half-written last line (power cut) is skipped. Absent file: empty.
Result<std::vector<Move>> ReadHistory(const std::filesystem::path& file);

/// Keeps the entry as a tag of the version it concerns (valence.move.<id>), so that everyone who uses the registry sees
/// it; figures are dropped if the tag would be too long.
Status TagHistory(tracking::RegistryStore& registry, const Move& move);
/// The entries of all versions of a model and of the local file, oldest first, each once.
Result<std::vector<Move>> FullHistory(tracking::RegistryStore& registry, const std::string& model,
                                      const std::filesystem::path& file);

}  // namespace valence::registry
