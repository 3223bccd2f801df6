// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/aliases.h"

#include <fmt/format.h>

#include <algorithm>

#include "valence/base/log.h"

namespace valence::registry {
namespace {

/// The seed's users look at stages, so they follow the alias where there are any.
Status FollowWithStages(const Ledger& ledger, const Move& move) {
  if (move.alias != ledger.staged_alias) return Ok();
  tracking::RegistryStore& registry = *ledger.registry;
  Status status = registry.SetStage(move.model, move.to, "Production", /*archive_existing=*/true);
  if (!status && status.error().code == ErrorCode::kUnimplemented) return Ok();
  return status;
}

Status WriteDown(const Ledger& ledger, const Move& move) {
  const Status tagged = TagHistory(*ledger.registry, move);
  VALENCE_RETURN_IF_ERROR(AppendHistory(ledger.history, move));
  return tagged;
}

}  // namespace

Result<std::string> AliasHolder(tracking::RegistryStore& registry, const std::string& model, const std::string& alias) {
  auto version = registry.GetVersionByAlias(model, alias);
  if (version) return version->version;
  if (version.error().code == ErrorCode::kNotFound) return std::string();
  return std::move(version).error();
}

Status MoveAlias(const Ledger& ledger, const Move& move) {
  VALENCE_TRY(const std::string holder, AliasHolder(*ledger.registry, move.model, move.alias));
  if (holder != move.from) {
    return Error{
        ErrorCode::kConflict,
        fmt::format("alias '{}' of '{}' is held by version {} by now, not {}: somebody moved it meanwhile; "
                    "compare again",
                    move.alias, move.model, holder.empty() ? "none" : holder, move.from.empty() ? "none" : move.from)};
  }
  VALENCE_RETURN_IF_ERROR(ledger.registry->SetAlias(move.model, move.alias, move.to));
  const Status staged = FollowWithStages(ledger, move);
  if (!staged) log::Warning("the legacy stage was not set: " + staged.error().message);
  Status written = WriteDown(ledger, move);
  if (!written) {
    return std::move(written).error().With(
        fmt::format("alias '{}' is on version {} now, but the history of the move "
                    "could not be written everywhere",
                    move.alias, move.to));
  }
  return Ok();
}

Status RecordRefusal(const Ledger& ledger, const Move& move) { return WriteDown(ledger, move); }

Result<std::string> PreviousHolder(const std::vector<Move>& history, const std::string& alias,
                                   const std::string& holder) {
  // Promotions push the version they moved to; a rollback pops back to the one it names.
  std::vector<std::string> holders;
  for (const Move& move : history) {
    if (move.alias != alias || move.to.empty()) continue;
    if (move.action == "promote") {
      if (holders.empty() && !move.from.empty()) holders.push_back(move.from);
      holders.push_back(move.to);
    } else if (move.action == "rollback") {
      const auto found = std::find(holders.rbegin(), holders.rend(), move.to);
      if (found == holders.rend()) {
        holders.push_back(move.to);
      } else {
        holders.erase(found.base(), holders.end());
      }
    }
  }
  while (!holders.empty() && holders.back() == holder) holders.pop_back();
  if (holders.empty()) {
    return FailedPrecondition(fmt::format("nothing held alias '{}' before {}; name a version with --to", alias,
                                          holder.empty() ? "now" : "version " + holder));
  }
  return holders.back();
}

}  // namespace valence::registry
