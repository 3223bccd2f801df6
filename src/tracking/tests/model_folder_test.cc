// SPDX-License-Identifier: Apache-2.0
#include "model_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"

namespace valence::tracking::internal {
namespace {

TEST(PlaceMlmodel, ReplacesTheFactsOfAnEarlierPlace) {
  const std::string text = "artifact_path: old\nflavors:\n  python_function:\n    run_id: kept\nrun_id: old\n";
  EXPECT_EQ(PlaceMlmodel(text, {"r1", "m-1", "mlflow-artifacts:/1"}),
            "flavors:\n  python_function:\n    run_id: kept\nartifact_path: \"mlflow-artifacts:/1\"\n"
            "model_id: \"m-1\"\nrun_id: \"r1\"\n");
}

TEST(PlaceMlmodel, LeavesTheModelIdOutWhereThereIsNone) {
  EXPECT_EQ(PlaceMlmodel("model_id: m-2", {"r1", "", "model"}), "artifact_path: \"model\"\nrun_id: \"r1\"\n");
}

TEST(LogModelHistory, ListsTheFlavors) {
  const std::string text = "utc_time_created: '2026-11-23'\nflavors:\n  valence: {abi_version: 1}\n";
  EXPECT_THAT(LogModelHistory(text, {"r1", "", "model"}),
              IsOkAndHolds(R"([{"run_id":"r1","artifact_path":"model","utc_time_created":"2026-11-23",)"
                           R"("flavors":{"valence":{"abi_version":"1"}}}])"));
}

TEST(LogModelHistory, RefusesWhatIsNotYaml) {
  EXPECT_THAT(LogModelHistory("a: [", {"r1", "", "model"}),
              IsError(ErrorCode::kDataCorrupt, testing::HasSubstr("MLmodel")));
}

}  // namespace
}  // namespace valence::tracking::internal
