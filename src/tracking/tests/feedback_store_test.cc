// SPDX-License-Identifier: Apache-2.0
#include "valence/tracking/feedback_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "support/matchers.h"
#include "support/temp_dir.h"

namespace valence::tracking {
namespace {

using ::testing::HasSubstr;

class FeedbackStoreTest : public ::testing::Test {
 protected:
  std::unique_ptr<FeedbackStore> Open() { return FeedbackStore::Open(path_).value(); }
  static Feedback Say(std::string text, std::string label) {
    return {"p-" + text, std::move(text), std::move(label), "pos", 0.75, "m", "sha256:1"};
  }
  /// "text=label;" of each.
  std::string Labelled() {
    std::string all;
    const auto labelled = FeedbackStore::OpenToRead(path_).value()->Labelled();
    for (const LabelledText& each : labelled.value()) {
      all += each.text + "=" + each.label + ";";
    }
    return all;
  }

  TempDir folder_;
  std::filesystem::path path_ = folder_.path() / "feedback.db";
};

TEST_F(FeedbackStoreTest, KeepsTheLastLabelOfEachTextInTheOrderOfTheFirst) {
  auto store = Open();
  EXPECT_THAT(store->Add(Say("b", "pos")), IsOkAndHolds(1));
  EXPECT_THAT(store->Add(Say("a", "neg")), IsOkAndHolds(2));
  EXPECT_THAT(store->Add(Say("b", "neg")), IsOkAndHolds(3));
  EXPECT_THAT(store->Add(Say(std::string("quote ' and \"\n\xF0\x9F\x98\x80"), "pos")), IsOkAndHolds(4));
  EXPECT_EQ(Labelled(), "b=neg;a=neg;quote ' and \"\n\xF0\x9F\x98\x80=pos;");
}

TEST_F(FeedbackStoreTest, GoesOnWhereItWas) {
  EXPECT_THAT(Open()->Add(Say("a", "pos")), IsOk());
  EXPECT_THAT(Open()->Add(Say("b", "pos")), IsOkAndHolds(2));
}

TEST_F(FeedbackStoreTest, TwoProgramsMayWrite) {
  auto first = Open();
  auto second = Open();
  std::jthread other([&] {
    for (int i = 0; i < 50; ++i) EXPECT_THAT(second->Add(Say("x" + std::to_string(i), "pos")), IsOk());
  });
  for (int i = 0; i < 50; ++i) EXPECT_THAT(first->Add(Say("y" + std::to_string(i), "neg")), IsOk());
  other.join();
  EXPECT_EQ(first->Labelled().value().size(), 100u);
}

TEST_F(FeedbackStoreTest, RefusesWhatIsNotItsOwn) {
  std::ofstream(path_)
      << "not a database at all, and long enough to be looked at as one, which takes 100 bytes of it....";
  EXPECT_THAT(FeedbackStore::Open(path_), IsError(ErrorCode::kFailedPrecondition, HasSubstr("not an SQLite database")));
  EXPECT_THAT(FeedbackStore::Open(folder_.path() / "no/such/folder.db"),
              IsError(ErrorCode::kUnavailable, HasSubstr("cannot be opened")));
  EXPECT_THAT(FeedbackStore::OpenToRead(folder_.path() / "none.db"),
              IsError(ErrorCode::kNotFound, HasSubstr("--feedback-db")));
}

}  // namespace
}  // namespace valence::tracking
