// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>
#include <vector>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/registry/aliases.h"

namespace valence::registry {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Move Moved(const char* action, const char* from, const char* to) {
  Move move = NewMove(action, "sentiment", "champion");
  move.from = from;
  move.to = to;
  return move;
}

TEST(History, KeepsEveryFieldOfAMove) {
  const TempDir folder;
  Move move = Moved("promote", "1", "2");
  move.reason = "because \"it\" is\nbetter";
  move.figures = Json::MakeObject({{"accuracy", 0.9}});
  ASSERT_THAT(AppendHistory(folder / "models/history.jsonl", move), IsOk());
  const auto read = ReadHistory(folder / "models/history.jsonl");
  ASSERT_THAT(read, IsOk());
  ASSERT_THAT(*read, SizeIs(1));
  EXPECT_EQ(read->front().ToJson(), move.ToJson());
  EXPECT_THAT(move.who, HasSubstr("@"));
}

TEST(History, SkipsALineThatAPowerCutLeftHalfWritten) {
  const TempDir folder;
  const auto file = folder / "history.jsonl";
  ASSERT_THAT(AppendHistory(file, Moved("promote", "", "1")), IsOk());
  std::ofstream(file, std::ios::app) << R"({"id": "17)";
  ASSERT_THAT(AppendHistory(file, Moved("promote", "1", "2")), IsOk());
  const auto read = ReadHistory(file);
  ASSERT_THAT(read, IsOk());
  ASSERT_THAT(*read, SizeIs(2));
  EXPECT_EQ(read->back().to, "2");
}

TEST(History, TakesEntriesOfManyWritersAtOnce) {
  const TempDir folder;
  const auto file = folder / "history.jsonl";
  std::vector<std::thread> writers;
  for (int i = 0; i < 8; ++i) {
    writers.emplace_back([&] {
      for (int k = 0; k < 20; ++k) EXPECT_THAT(AppendHistory(file, Moved("promote", "1", "2")), IsOk());
    });
  }
  for (auto& writer : writers) writer.join();
  EXPECT_THAT(*ReadHistory(file), SizeIs(160));
}

TEST(History, IsEmptyWithoutAFile) {
  const TempDir folder;
  EXPECT_THAT(*ReadHistory(folder / "none.jsonl"), SizeIs(0));
}

TEST(History, SaysWhichFileCannotBeWritten) {
  EXPECT_THAT(AppendHistory("/proc/valence/history.jsonl", Moved("promote", "1", "2")),
              IsError(ErrorCode::kUnavailable, HasSubstr("/proc/valence/history.jsonl")));
}

TEST(PreviousHolder, GoesBackOneMoreWithEachRollback) {
  std::vector<Move> history{Moved("promote", "", "1"), Moved("promote", "1", "2"), Moved("refuse", "2", "9"),
                            Moved("promote", "2", "3")};
  EXPECT_EQ(PreviousHolder(history, "champion", "3").value(), "2");
  history.push_back(Moved("rollback", "3", "2"));
  EXPECT_EQ(PreviousHolder(history, "champion", "2").value(), "1");
  history.push_back(Moved("rollback", "2", "1"));
  EXPECT_THAT(PreviousHolder(history, "champion", "1"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("name a version with --to")));
}

TEST(PreviousHolder, KnowsTheOneBeforeTheFirstPromotion) {
  EXPECT_EQ(PreviousHolder({Moved("promote", "1", "2")}, "champion", "2").value(), "1");
}

TEST(PreviousHolder, DoesNotGuessAfterARollbackThatWasNotWrittenDown) {
  const std::vector<Move> history{Moved("promote", "", "1"), Moved("promote", "1", "2")};
  EXPECT_THAT(PreviousHolder(history, "champion", "1"),
              IsError(ErrorCode::kFailedPrecondition, HasSubstr("put it on 2")));
}

TEST(PreviousHolder, ReturnsToTheLastPromotedWhenSomebodyMovedTheAliasElsewhere) {
  EXPECT_EQ(PreviousHolder({Moved("promote", "", "1")}, "champion", "7").value(), "1");
}

}  // namespace
}  // namespace valence::registry
