// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/model_folder.h"

#include <gmock/gmock.h>

#include <fstream>

#include "mlmodel.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "valence/base/yaml.h"
#include "valence/classifier/classifier.h"

namespace valence::registry {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

classifier::ModelBundle Bundle(std::vector<std::string> labels) {
  classifier::ModelBundle bundle;
  const std::size_t rows = labels.size() == 2 ? 1 : labels.size();
  bundle.linear.classes = static_cast<std::int64_t>(labels.size());
  bundle.labels = std::move(labels);
  bundle.preprocess_steps = {"lowercase"};
  bundle.vectorizer.config.vectorizer = "count";
  bundle.vectorizer.vocabulary = features::Vocabulary::FromTerms({"bad", "good"}).value();
  bundle.linear.features = 2;
  bundle.linear.weights.assign(2 * rows, 1.5);
  bundle.linear.intercepts.assign(rows, 0.25);
  return bundle;
}

class ModelFolder : public ::testing::Test {
 protected:
  // MLmodel of a model with these labels, as YAML.
  Result<Yaml> Mlmodel(std::vector<std::string> labels) {
    VALENCE_RETURN_IF_ERROR(classifier::SaveModel(model_, Bundle(std::move(labels))));
    VALENCE_RETURN_IF_ERROR(WriteModelFolder(model_, options_, folder_));
    VALENCE_TRY(const std::string text, ReadFile(folder_ / "MLmodel"));
    return Yaml::Parse(text, "MLmodel");
  }

  TempDir dir_;
  std::filesystem::path model_ = dir_ / "m.safetensors";
  std::filesystem::path folder_ = dir_ / "folder";
  ModelFolderOptions options_;
};

TEST_F(ModelFolder, HoldsTheFilesThatItLists) {
  ASSERT_THAT(classifier::SaveModel(model_, Bundle({"no", "yes"})), IsOk());
  const auto files = WriteModelFolder(model_, options_, folder_);
  ASSERT_THAT(files, IsOk());
  std::vector<std::string> names;
  for (const FolderFile& file : *files) {
    names.push_back(file.relative);
    EXPECT_EQ(file.local, folder_ / file.relative);
    EXPECT_TRUE(std::filesystem::is_regular_file(file.local)) << file.local;
  }
  EXPECT_THAT(names, ElementsAre("MLmodel", "code/valence_loader.py", "conda.yaml", "data/libvalence.so",
                                 "data/model.safetensors", "input_example.json", "python_env.yaml", "requirements.txt",
                                 "serving_input_example.json"));
  EXPECT_EQ(ReadFile(folder_ / "data/model.safetensors").value(), ReadFile(model_).value());
  EXPECT_THAT(ReadFile(folder_ / "data/libvalence.so"), IsOkAndHolds(StartsWith("\x7f"
                                                                                "ELF")));
  EXPECT_THAT(ReadFile(folder_ / "requirements.txt"), IsOkAndHolds("mlflow-skinny\npandas\n"));
}

TEST_F(ModelFolder, SignatureNamesTheColumnsAndTheThreshold) {
  const auto mlmodel = Mlmodel({"no", "yes"});
  ASSERT_THAT(mlmodel, IsOk());
  const Yaml* const signature = mlmodel->Find("signature");
  ASSERT_NE(signature, nullptr);
  EXPECT_EQ(signature->Find("inputs")->scalar, R"([{"type":"string","name":"text","required":true}])");
  EXPECT_EQ(signature->Find("outputs")->scalar,
            R"([{"type":"string","name":"label","required":true},{"type":"double","name":"score","required":true},)"
            R"({"type":"double","name":"probability_no","required":true},)"
            R"({"type":"double","name":"probability_yes","required":true}])");
  EXPECT_EQ(signature->Find("params")->scalar, R"([{"name":"threshold","type":"double","default":0.5,"shape":null}])");
}

TEST_F(ModelFolder, ThreeLabelsHaveNoThreshold) {
  const auto mlmodel = Mlmodel({"a", "b", "c"});
  ASSERT_THAT(mlmodel, IsOk());
  EXPECT_EQ(mlmodel->Find("signature")->Find("params")->kind, Yaml::Kind::kNull);
}

TEST_F(ModelFolder, LabelsOfAnyCharactersSurviveYaml) {
  const std::vector<std::string> labels = {"it's \"so: so\" #1\n", "gr\xc3\xbc\xc3\x9f \xf0\x9f\x98\x80\x7f"};
  const auto mlmodel = Mlmodel(labels);
  ASSERT_THAT(mlmodel, IsOk());
  const Yaml* const written = mlmodel->Find("flavors")->Find("valence")->Find("labels");
  EXPECT_EQ(written->items[0].scalar, labels[0]);
  EXPECT_EQ(written->items[1].scalar, labels[1]);
}

TEST_F(ModelFolder, CarriesIdentityAndTime) {
  using std::chrono::microseconds;
  options_.run_id = "12345678901234567890123456789012";  // digits only: must stay a string
  options_.model_id = "m-0123";
  options_.created = std::chrono::system_clock::time_point(microseconds(1'764'000'000'000'042));
  const auto mlmodel = Mlmodel({"no", "yes"});
  ASSERT_THAT(mlmodel, IsOk());
  EXPECT_EQ(mlmodel->Find("run_id")->scalar, options_.run_id);
  EXPECT_TRUE(mlmodel->Find("run_id")->quoted);
  EXPECT_EQ(mlmodel->Find("model_id")->scalar, "m-0123");
  EXPECT_EQ(mlmodel->Find("utc_time_created")->scalar, "2025-11-24 16:00:00.000042");  // date -u -d @1764000000
}

TEST_F(ModelFolder, EqualArgumentsGiveEqualBytes) {
  ASSERT_THAT(classifier::SaveModel(model_, Bundle({"no", "yes"})), IsOk());
  const auto first = WriteModelFolder(model_, options_, folder_);
  const auto second = WriteModelFolder(model_, options_, dir_ / "second");
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  for (std::size_t i = 0; i < first->size(); ++i) {
    EXPECT_EQ(ReadFile((*first)[i].local).value(), ReadFile((*second)[i].local).value()) << (*first)[i].relative;
  }
}

TEST_F(ModelFolder, NeverWritesIntoAFolderInUse) {
  ASSERT_THAT(classifier::SaveModel(model_, Bundle({"no", "yes"})), IsOk());
  ASSERT_THAT(WriteFile(folder_ / "notes.txt", "mine"), IsOk());
  EXPECT_THAT(WriteModelFolder(model_, options_, folder_), IsError(ErrorCode::kConflict, HasSubstr("not an empty")));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "MLmodel"));
  EXPECT_THAT(WriteModelFolder(model_, options_, model_), IsError(ErrorCode::kConflict, HasSubstr("not an empty")));
}

TEST_F(ModelFolder, RefusesADamagedModelBeforeItWrites) {
  ASSERT_THAT(WriteFile(model_, "not a model"), IsOk());
  EXPECT_THAT(WriteModelFolder(model_, options_, folder_),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.safetensors")));
  EXPECT_FALSE(std::filesystem::exists(folder_));
}

}  // namespace
}  // namespace valence::registry
