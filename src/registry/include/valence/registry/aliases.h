// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "valence/base/result.h"
#include "valence/registry/history.h"
#include "valence/tracking/registry_store.h"

namespace valence::registry {

/// The version that holds an alias, or "" if none does (nor the model exists).
Result<std::string> AliasHolder(tracking::RegistryStore& registry, const std::string& model, const std::string& alias);

/// Where moves are made and written down.
struct Ledger {
  tracking::RegistryStore* registry = nullptr;
  std::filesystem::path history = {};  ///< the local file
  std::string staged_alias = {};       ///< the alias whose moves also set MLflow's legacy stages (Production, Archived)
};

/// Moves `move.alias` from `move.from` (as it was when the decision was made) to `move.to`, sets the legacy stages
/// where the server has any, and writes the move down, as version tag and locally. Errors: kConflict if the alias is
/// held by another version than `move.from` meanwhile; as RegistryStore; after the alias moved, an error says so, and
/// FinishMove does the rest.
Status MoveAlias(const Ledger& ledger, const Move& move);

/// For an alias that is on `move->to` already: does what of such a move is missing, since a server went away in the
/// middle of it, and says whether anything was. Sets `move->from` to the holder before, as far as the history knows.
/// Errors as RegistryStore and AppendHistory.
Result<bool> FinishMove(const Ledger& ledger, Move* move);

/// Writes down a decision that moved nothing.
Status RecordRefusal(const Ledger& ledger, const Move& move);

/// The version that held the alias before the one that holds it now, going back one more at each rollback; `history`
/// is FullHistory's. Error: kFailedPrecondition if there is none, or if the alias is on an earlier holder without a
/// rollback that says so.
Result<std::string> PreviousHolder(const std::vector<Move>& history, const std::string& alias,
                                   const std::string& holder);

}  // namespace valence::registry
