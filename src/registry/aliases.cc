// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/aliases.h"

#include <fmt/format.h>

#include <algorithm>

#include "valence/base/log.h"

namespace valence::registry {
namespace {

constexpr const char* kProduction = "Production";

/// The seed's users look at stages, so they follow the alias where there are any.
Status FollowWithStages(const Ledger& ledger, const Move& move) {
  if (move.alias != ledger.staged_alias) return Ok();
  tracking::RegistryStore& registry = *ledger.registry;
  Status status = registry.SetStage(move.model, move.to, kProduction, /*archive_existing=*/true);
  if (!status && status.error().code == ErrorCode::kUnimplemented) return Ok();
  return status;
}

void FollowOrWarn(const Ledger& ledger, const Move& move) {
  const Status staged = FollowWithStages(ledger, move);
  if (staged) return;
  log::Warning(
      fmt::format("alias '{}' is on version {} now, but the legacy stage was not set: {}; repeat the command "
                  "to set it",
                  move.alias, move.to, staged.error().message));
}

Status WriteDown(const Ledger& ledger, const Move& move) {
  const Status tagged = TagHistory(*ledger.registry, move);
  VALENCE_RETURN_IF_ERROR(AppendHistory(ledger.history, move));
  return tagged;
}

/// Sets the alias. Where no answer came, who holds it afterwards tells whether it moved.
Status SetAliasSurely(tracking::RegistryStore& registry, const Move& move) {
  Status set = registry.SetAlias(move.model, move.alias, move.to);
  if (set || (set.error().code != ErrorCode::kUnavailable && set.error().code != ErrorCode::kDeadlineExceeded)) {
    return set;
  }
  const Result<std::string> holder = AliasHolder(registry, move.model, move.alias);
  if (holder && *holder == move.to) return Ok();
  if (holder) return set;
  return std::move(set).error().With(
      fmt::format("whether alias '{}' is on version {} now is not known (repeat the command)", move.alias, move.to));
}

/// The last move of the alias; null if there was none. A refusal moves nothing.
const Move* LastMove(const std::vector<Move>& history, const std::string& alias) {
  const auto last = std::find_if(history.rbegin(), history.rend(),
                                 [&](const Move& move) { return move.alias == alias && move.action != "refuse"; });
  return last == history.rend() ? nullptr : &*last;
}

/// Completes what the registry's and the local history say of the alias being on `move->to`.
Result<bool> FinishHistory(const Ledger& ledger, Move* move) {
  VALENCE_TRY(const std::vector<Move> shared, FullHistory(*ledger.registry, move->model, {}));
  const Move* last = LastMove(shared, move->alias);
  if (last != nullptr && last->to == move->to) return false;
  VALENCE_TRY(const std::vector<Move> known, FullHistory(*ledger.registry, move->model, ledger.history));
  const Move* ours = LastMove(known, move->alias);
  const bool is_only_local = ours != nullptr && ours->to == move->to;
  move->from = is_only_local ? ours->from : ours != nullptr ? ours->to : "";
  VALENCE_RETURN_IF_ERROR(is_only_local ? TagHistory(*ledger.registry, *ours) : WriteDown(ledger, *move));
  return true;
}

}  // namespace

Result<std::string> AliasHolder(tracking::RegistryStore& registry, const std::string& model, const std::string& alias) {
  VALENCE_RETURN_IF_ERROR(tracking::CheckAlias(alias));
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
  VALENCE_RETURN_IF_ERROR(SetAliasSurely(*ledger.registry, move));
  FollowOrWarn(ledger, move);
  Status written = WriteDown(ledger, move);
  if (!written) {
    return std::move(written).error().With(
        fmt::format("alias '{}' is on version {} now, but the history of the move "
                    "could not be written everywhere (repeat the command)",
                    move.alias, move.to));
  }
  return Ok();
}

Result<bool> FinishMove(const Ledger& ledger, Move* move) {
  bool finished = false;
  if (move->alias == ledger.staged_alias) {
    VALENCE_TRY(const tracking::ModelVersion version, ledger.registry->GetVersion(move->model, move->to));
    finished = version.current_stage != kProduction;
    if (finished) FollowOrWarn(ledger, *move);
  }
  VALENCE_TRY(const bool written, FinishHistory(ledger, move));
  return finished || written;
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
  if (std::count(holders.begin(), holders.end(), holder) > 0 && holders.back() != holder) {
    return FailedPrecondition(
        fmt::format("alias '{}' is on version {}, but the history's last move put it on {}: its last move was not "
                    "written down; name the version that it shall be on with --to",
                    alias, holder, holders.back()));
  }
  while (!holders.empty() && holders.back() == holder) holders.pop_back();
  if (holders.empty()) {
    return FailedPrecondition(fmt::format("nothing held alias '{}' before {}; name a version with --to", alias,
                                          holder.empty() ? "now" : "version " + holder));
  }
  return holders.back();
}

}  // namespace valence::registry
