// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/registry/aliases.h"
#include "valence/registry/history.h"
#include "valence/tracking/stores.h"

namespace valence::registry {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* kModel = "sentiment";
constexpr const char* kAlias = "champion";

/// A registry with two versions, and what a command that ended too early left of its move.
class FinishMoveTest : public testing::Test {
 protected:
  void SetUp() override {
    Result<tracking::Stores> stores = tracking::OpenSqlite(folder_ / "mlflow.db", {});
    ASSERT_THAT(stores, IsOk());
    registry_ = stores->registry;
    ASSERT_THAT(registry_->EnsureModel(kModel, ""), IsOk());
    for (int i = 0; i < 2; ++i) ASSERT_THAT(registry_->CreateVersion({kModel, "file:///m"}), IsOk());
    ledger_ = {registry_.get(), folder_ / "models/history.jsonl", kAlias};
  }

  static Move MoveTo(const std::string& from, const std::string& to, const char* alias = kAlias) {
    Move move = NewMove("promote", kModel, alias);
    move.from = from;
    move.to = to;
    return move;
  }
  /// Version 1 is champion, and all of that is written down.
  void PromoteFirst() { ASSERT_THAT(MoveAlias(ledger_, MoveTo("", "1")), IsOk()); }
  /// The first half of a move to `version`.
  void MoveOnlyTheAlias(const std::string& version, const char* alias = kAlias) {
    ASSERT_THAT(registry_->SetAlias(kModel, alias, version), IsOk());
  }

  std::string StageOf(const std::string& version) { return registry_->GetVersion(kModel, version)->current_stage; }
  std::vector<Move> Shared() { return FullHistory(*registry_, kModel, {}).value(); }
  std::vector<Move> Local() { return ReadHistory(ledger_.history).value(); }

  TempDir folder_;
  std::shared_ptr<tracking::RegistryStore> registry_;
  Ledger ledger_;
};

TEST_F(FinishMoveTest, FindsNothingToDoAfterAWholeMove) {
  PromoteFirst();
  Move move = MoveTo("", "1");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(false));
  EXPECT_THAT(Shared(), SizeIs(1));
  EXPECT_THAT(Local(), SizeIs(1));
}

TEST_F(FinishMoveTest, SetsTheStageAndWritesTheMoveDownWhereOnlyTheAliasMoved) {
  PromoteFirst();
  MoveOnlyTheAlias("2");
  Move move = MoveTo("", "2");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(true));
  EXPECT_EQ(StageOf("2"), "Production");
  EXPECT_EQ(StageOf("1"), "Archived");
  EXPECT_EQ(move.from, "1");  // who held the alias, as the history knows
  ASSERT_THAT(Shared(), SizeIs(2));
  EXPECT_EQ(Shared().back().ToJson(), move.ToJson());
  EXPECT_EQ(Local().back().ToJson(), move.ToJson());
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(false));
  EXPECT_THAT(Shared(), SizeIs(2));
}

TEST_F(FinishMoveTest, WritesDownAMoveWhoseStageIsSet) {
  PromoteFirst();
  MoveOnlyTheAlias("2");
  ASSERT_THAT(registry_->SetStage(kModel, "2", "Production", true), IsOk());
  Move move = MoveTo("", "2");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(true));
  EXPECT_THAT(Shared(), SizeIs(2));
  EXPECT_THAT(Local(), SizeIs(2));
}

TEST_F(FinishMoveTest, SetsAStageThatIsMissingThoughAllIsWrittenDown) {
  PromoteFirst();
  ASSERT_THAT(registry_->SetStage(kModel, "1", "None", false), IsOk());
  Move move = MoveTo("", "1");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(true));
  EXPECT_EQ(StageOf("1"), "Production");
  EXPECT_THAT(Shared(), SizeIs(1));
}

TEST_F(FinishMoveTest, SharesTheEntryThatOnlyThisMachineHas) {
  PromoteFirst();
  MoveOnlyTheAlias("2");
  ASSERT_THAT(registry_->SetStage(kModel, "2", "Production", true), IsOk());
  Move first_try = MoveTo("1", "2");
  first_try.reason = "it is better";
  ASSERT_THAT(AppendHistory(ledger_.history, first_try), IsOk());
  Move move = MoveTo("", "2");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(true));
  EXPECT_EQ(move.from, "1");
  EXPECT_EQ(Shared().back().ToJson(), first_try.ToJson());
  EXPECT_THAT(Local(), SizeIs(2));
}

TEST_F(FinishMoveTest, BelievesTheRegistryWhereThisMachineHasNoHistory) {
  PromoteFirst();
  std::filesystem::remove(ledger_.history);
  Move move = MoveTo("", "1");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(false));
  EXPECT_THAT(Local(), IsEmpty());
}

TEST_F(FinishMoveTest, TakesNoRefusalForAMove) {
  PromoteFirst();
  Move refused = MoveTo("1", "2");
  refused.action = "refuse";
  ASSERT_THAT(RecordRefusal(ledger_, refused), IsOk());
  MoveOnlyTheAlias("2");
  Move move = MoveTo("", "2");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(true));
  std::vector<std::string> actions;
  for (const Move& entry : Shared()) actions.push_back(entry.action);
  EXPECT_THAT(actions, ElementsAre("promote", "refuse", "promote"));
}

TEST_F(FinishMoveTest, LeavesStagesToTheStagedAlias) {
  MoveOnlyTheAlias("2", "challenger");
  Move move = MoveTo("", "2", "challenger");
  EXPECT_THAT(FinishMove(ledger_, &move), IsOkAndHolds(true));
  EXPECT_EQ(StageOf("2"), "None");
  EXPECT_EQ(move.from, "");
}

TEST_F(FinishMoveTest, SaysThatTheVersionIsNotThere) {
  Move move = MoveTo("", "9");
  EXPECT_THAT(FinishMove(ledger_, &move), IsError(ErrorCode::kNotFound, testing::HasSubstr("9")));
  EXPECT_THAT(Local(), IsEmpty());
}

}  // namespace
}  // namespace valence::registry
