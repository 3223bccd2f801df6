// SPDX-License-Identifier: Apache-2.0
#include "store_fixture.h"

namespace valence::tracking {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

class SqliteRegistryStoreTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_THAT(registry_->EnsureModel("sentiment", "of reviews"), IsOk());
  }
  ModelVersion NewVersion(const std::string& source) {
    Result<ModelVersion> version = registry_->CreateVersion({"sentiment", source, "", "", "", {}});
    EXPECT_THAT(version, IsOk());
    return version.has_value() ? *version : ModelVersion();
  }
};

TEST_F(SqliteRegistryStoreTest, EnsuresAModelOnce) {
  EXPECT_EQ(registry_->EnsureModel("sentiment", "other")->description, "of reviews");
  EXPECT_EQ(registry_->ListModels()->size(), 1u);
  EXPECT_THAT(registry_->GetModel("x"), IsError(ErrorCode::kNotFound, HasSubstr("'x'")));
  EXPECT_THAT(registry_->EnsureModel("a/b", ""), IsError(ErrorCode::kInvalidArgument, HasSubstr("'a/b'")));
}

TEST_F(SqliteRegistryStoreTest, CountsVersionsUpAndNeverAgain) {
  EXPECT_EQ(NewVersion("/models/a").version, "1");
  EXPECT_EQ(NewVersion("/models/b").version, "2");
  Sql("UPDATE model_versions SET current_stage = 'Deleted_Internal' WHERE version = 2");
  EXPECT_EQ(NewVersion("/models/c").version, "3");
  EXPECT_EQ(registry_->ListVersions("sentiment")->size(), 2u);
  EXPECT_EQ(registry_->ListVersions("sentiment")->at(0).version, "3");
  EXPECT_THAT(registry_->GetVersion("sentiment", "2"), IsError(ErrorCode::kNotFound, HasSubstr("no version 2")));
  EXPECT_THAT(registry_->GetVersion("sentiment", "x"), IsError(ErrorCode::kNotFound, HasSubstr("'x'")));
}

TEST_F(SqliteRegistryStoreTest, ARepeatedCreateFindsTheVersionAgain) {
  const NewModelVersion request{"sentiment", "/a", "", "", "", {{std::string(kClientRequestId), "q"}}};
  EXPECT_EQ(registry_->CreateVersion(request)->version, "1");
  EXPECT_EQ(registry_->CreateVersion(request)->version, "1");
}

TEST_F(SqliteRegistryStoreTest, AVersionOfALoggedModelKnowsItsRunAndPlace) {
  const tracking::Run run = NewRunNamed("r");
  const LoggedModel model = NewModelOf(run);
  NewVersion("models:/" + model.model_id);
  const ModelVersion second = NewVersion("models:/" + model.model_id);
  EXPECT_EQ(second.model_id, model.model_id);
  EXPECT_EQ(second.run_id, run.run_id);
  EXPECT_EQ(second.status, "READY");
  EXPECT_EQ(second.current_stage, "None");
  EXPECT_THAT(registry_->DownloadUri("sentiment", "2"), IsOkAndHolds(model.artifact_location));
  EXPECT_EQ(FindTag(tracking_->GetLoggedModel(model.model_id)->tags, "mlflow.modelVersions"),
            R"([{"name":"sentiment","version":1},{"name":"sentiment","version":2}])");
}

TEST_F(SqliteRegistryStoreTest, FindsTheFilesOfOtherSources) {
  const tracking::Run run = NewRunNamed("r");
  NewVersion("runs:/" + run.run_id + "/model");
  NewVersion("models:/sentiment/1");
  NewVersion("/plain");
  EXPECT_THAT(registry_->DownloadUri("sentiment", "1"), IsOkAndHolds(run.artifact_uri + "/model"));
  EXPECT_THAT(registry_->DownloadUri("sentiment", "2"), IsOkAndHolds(run.artifact_uri + "/model"));
  EXPECT_THAT(registry_->DownloadUri("sentiment", "3"), IsOkAndHolds(std::string("/plain")));
  EXPECT_THAT(registry_->CreateVersion({"sentiment", "models:/m-0", "", "", "", {}}),
              IsError(ErrorCode::kNotFound, HasSubstr("m-0")));
  EXPECT_THAT(registry_->CreateVersion({"other", "/x", "", "", "", {}}),
              IsError(ErrorCode::kNotFound, HasSubstr("'other'")));
}

TEST_F(SqliteRegistryStoreTest, MovesAliases) {
  NewVersion("/a");
  NewVersion("/b");
  ASSERT_THAT(registry_->SetAlias("sentiment", "champion", "1"), IsOk());
  ASSERT_THAT(registry_->SetAlias("sentiment", "challenger", "2"), IsOk());
  ASSERT_THAT(registry_->SetAlias("sentiment", "champion", "2"), IsOk());
  EXPECT_EQ(registry_->GetVersionByAlias("sentiment", "champion")->version, "2");
  EXPECT_THAT(registry_->GetVersion("sentiment", "2")->aliases, ElementsAre("challenger", "champion"));
  EXPECT_THAT(registry_->GetVersion("sentiment", "1")->aliases, IsEmpty());
  for (int i = 0; i < 2; ++i) ASSERT_THAT(registry_->DeleteAlias("sentiment", "champion"), IsOk());
  EXPECT_THAT(registry_->GetModel("sentiment")->aliases, ElementsAre(Pair("challenger", "2")));
  EXPECT_THAT(registry_->GetVersionByAlias("sentiment", "champion"),
              IsError(ErrorCode::kNotFound, HasSubstr("no alias 'champion'")));
  EXPECT_THAT(registry_->SetAlias("sentiment", "champion", "9"), IsError(ErrorCode::kNotFound, HasSubstr("9")));
  EXPECT_THAT(registry_->SetAlias("sentiment", "latest", "1"),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("reserved")));
}

TEST_F(SqliteRegistryStoreTest, ArchivesWhatWasInTheStage) {
  NewVersion("/a");
  NewVersion("/b");
  ASSERT_THAT(registry_->SetStage("sentiment", "1", "Production", true), IsOk());
  ASSERT_THAT(registry_->SetStage("sentiment", "2", "Production", true), IsOk());
  EXPECT_EQ(registry_->GetVersion("sentiment", "1")->current_stage, "Archived");
  EXPECT_EQ(registry_->GetVersion("sentiment", "2")->current_stage, "Production");
  EXPECT_THAT(registry_->SetStage("sentiment", "1", "Live", false),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("'Live'")));
  EXPECT_THAT(registry_->SetStage("sentiment", "1", "None", true),
              IsError(ErrorCode::kInvalidArgument, HasSubstr("only 'Staging' and 'Production'")));
}

TEST_F(SqliteRegistryStoreTest, SetsVersionTags) {
  NewVersion("/a");
  ASSERT_THAT(registry_->SetVersionTag("sentiment", "1", {"valence.gate", "ok"}), IsOk());
  ASSERT_THAT(registry_->SetVersionTag("sentiment", "1", {"valence.gate", "no"}), IsOk());
  EXPECT_THAT(registry_->GetVersion("sentiment", "1")->tags, ElementsAre(Tag{"valence.gate", "no"}));
}

TEST_F(SqliteRegistryStoreTest, LivesInMlflowsDefaultWorkspace) {
  NewVersion("/a");
  // As MLflow 3.10 and later: the same names may be in another workspace, whose rows are not ours.
  for (const char* table : {"experiments", "registered_models", "registered_model_tags", "registered_model_aliases",
                            "model_versions", "model_version_tags"})
    Sql("ALTER TABLE " + std::string(table) + " ADD COLUMN workspace VARCHAR(63) NOT NULL DEFAULT 'default'");
  Sql("INSERT INTO registered_models (name, workspace) VALUES ('theirs', 'team')");
  EXPECT_EQ(registry_->ListModels()->size(), 1u);
  EXPECT_EQ(NewVersion("/b").version, "2");
  EXPECT_EQ(SqlInt("SELECT count(*) FROM model_versions WHERE workspace = 'default'"), 2);
}

}  // namespace
}  // namespace valence::tracking
