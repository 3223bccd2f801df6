// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/model_repository.h"

#include <gtest/gtest.h>

#include <thread>

#include "support/small_model.h"

namespace valence::serving {
namespace {

ModelSet::Entry Served(std::string name, std::string version) {
  return std::make_shared<ServedModel>(ModelId{std::move(name), std::move(version)}, SmallModel(), 1);
}

std::shared_ptr<const ModelSet> Set(std::vector<ModelSet::Entry> models) {
  return std::make_shared<const ModelSet>(std::move(models));
}

TEST(ModelSet, FindsByNameAndVersion) {
  const ModelSet set({Served("b", "2"), Served("a", "1"), Served("b", "10")});
  EXPECT_EQ(set.Find("a")->name(), "a");
  EXPECT_EQ(set.Find("b", "2")->version(), "2");
  EXPECT_EQ(set.Find("b", "3"), nullptr);
  EXPECT_EQ(set.Find("c"), nullptr);
  EXPECT_EQ(set.Versions("b").size(), 2u);
}

TEST(ModelSet, WithoutAVersionTheHighestNumberAnswers) {
  EXPECT_EQ(ModelSet({Served("b", "10"), Served("b", "9")}).Find("b")->version(), "10");
}

TEST(ModelSet, VersionsAreAlsoCalledByTheirDigest) {
  const ModelSet set({Served("a", "1")});
  EXPECT_EQ(set.Find("a", "sha256:aaaaaaaaaaaa")->version(), "1");
  EXPECT_EQ(set.Find("a", "sha256:aaaa"), nullptr);
}

TEST(ModelSet, TheFirstOrTheNamedIsTheDefault) {
  EXPECT_EQ(ModelSet({Served("b", "1"), Served("a", "1")}).default_model()->name(), "b");
  EXPECT_EQ(ModelSet({Served("b", "1"), Served("a", "1")}, "a").default_model()->name(), "a");
  EXPECT_EQ(ModelSet({}).default_model(), nullptr);
}

TEST(ModelNames, StandInPathsAsTheyAre) {
  EXPECT_TRUE(IsModelName("Model_1.2-x"));
  for (const char* name : {"", "a/b", "a b", "a:b", "é", "a{b"}) EXPECT_FALSE(IsModelName(name)) << name;
  EXPECT_TRUE(IsModelName(std::string(128, 'a')));
  EXPECT_FALSE(IsModelName(std::string(129, 'a')));
}

TEST(ModelRepository, AReaderSeesWhatWasPublishedLast) {
  ModelRepository repository(Set({Served("a", "1")}));
  ModelRepository::Reader reader(&repository);
  EXPECT_EQ(reader.Current().default_model()->version(), "1");
  repository.Publish(Set({Served("a", "2")}));
  EXPECT_EQ(reader.Current().default_model()->version(), "2");
}

TEST(ModelRepository, WhatIsReplacedGoesWhenItsReadersHaveMovedOn) {
  ModelRepository repository(Set({Served("a", "1")}));
  const std::weak_ptr<const ModelSet> old = repository.Snapshot();
  ModelRepository::Reader reader(&repository);
  reader.Current();
  repository.Publish(Set({Served("a", "2")}));
  EXPECT_FALSE(old.expired());
  reader.Current();
  EXPECT_TRUE(old.expired());
}

TEST(ModelRepository, AnIdleReaderKeepsNothingAlive) {
  ModelRepository repository(Set({Served("a", "1")}));
  ModelRepository::Reader reader(&repository);
  reader.Current();
  reader.Release();
  const std::weak_ptr<const ModelSet> old = repository.Snapshot();
  repository.Publish(Set({Served("a", "2")}));
  EXPECT_TRUE(old.expired());
  EXPECT_EQ(reader.Current().default_model()->version(), "2");
}

TEST(ModelRepository, AReaderAtWorkLetsGoWhenItIsDone) {
  ModelRepository repository(Set({Served("a", "1")}));
  ModelRepository::Reader reader(&repository);
  const ServedModel* const answering = reader.Current().default_model();
  const std::weak_ptr<const ModelSet> old = repository.Snapshot();
  repository.Publish(Set({Served("a", "2")}));
  EXPECT_EQ(answering->version(), "1");
  reader.Release();
  EXPECT_TRUE(old.expired());
}

TEST(ModelRepository, ReadersNeverSeeHalfASwap) {
  ModelRepository repository(Set({Served("a", "1"), Served("b", "1")}));
  std::atomic<bool> done = false;
  std::vector<std::jthread> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back([&] {
      ModelRepository::Reader reader(&repository);
      while (!done) {
        const ModelSet& set = reader.Current();
        EXPECT_EQ(set.Find("a")->version(), set.Find("b")->version());
        reader.Release();
      }
    });
  }
  for (int i = 2; i < 200; ++i) {
    repository.Publish(Set({Served("a", std::to_string(i)), Served("b", std::to_string(i))}));
  }
  done = true;
}

}  // namespace
}  // namespace valence::serving
