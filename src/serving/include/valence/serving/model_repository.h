// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "valence/serving/served_model.h"

namespace valence::serving {

class ReloadMetrics;
class ShadowScorer;

/// What else happens to the requests for one name that ask for no version.
struct ModelTraffic {
  std::string name = {};
  /// Answers a share of them in the champion's place; also one of the set's models. nullptr for nobody.
  std::shared_ptr<const ServedModel> canary = {};
  double canary_weight = 0;                   ///< that share, in [0, 1]
  std::shared_ptr<ShadowScorer> shadow = {};  ///< scores what the champion answered, too; nullptr for nobody
};

/// The models that are served at one moment. Immutable.
class ModelSet {
 public:
  using Entry = std::shared_ptr<const ServedModel>;

  /// `default_name`: whom requests without a model's name get; "" names the first of `models`. `traffic`: at most one
  /// for each name.
  explicit ModelSet(std::vector<Entry> models, std::string default_name = "", std::vector<ModelTraffic> traffic = {});

  /// By name, then by version, the highest number last.
  std::span<const Entry> models() const { return models_; }
  /// The version that `version` calls (ServedModel::IsVersion) of the model `name` ("" the default one), or nullptr.
  /// For version "" it is the champion: the highest that is no canary.
  const ServedModel* Find(std::string_view name, std::string_view version = {}) const;
  /// A share in one of models().
  Entry Share(const ServedModel& model) const;
  /// Every version of `name`, the highest last.
  std::span<const Entry> Versions(std::string_view name) const;
  /// Who answers when nobody is asked for; nullptr if nothing is served.
  const ServedModel* default_model() const { return Find({}); }
  const std::string& default_name() const { return default_name_; }
  std::span<const ModelTraffic> traffic() const { return traffic_; }
  /// Of `name` ("" the default one), or nullptr.
  const ModelTraffic* FindTraffic(std::string_view name) const;

 private:
  const ServedModel* Champion(std::string_view name) const;

  std::vector<Entry> models_;
  std::string default_name_;
  std::vector<ModelTraffic> traffic_;
};

/// The models being served, replaced whole: a new set is made beside the old one and published at once, so a request
/// sees one set or the other, never a mixture. Thread-safe.
class ModelRepository {
 public:
  class Reader;

  explicit ModelRepository(std::shared_ptr<const ModelSet> models);
  ModelRepository(const ModelRepository&) = delete;
  ModelRepository& operator=(const ModelRepository&) = delete;
  ~ModelRepository();

  std::shared_ptr<const ModelSet> Snapshot() const;
  /// Requests that start after this see `models`; those under way end with what they started with. What was replaced
  /// is freed here, or by the last such request: readers that have nothing to do let go of it now.
  void Publish(std::shared_ptr<const ModelSet> models);
  /// What became of attempts to replace a model. The reference is as thread-safe as ReloadMetrics says.
  ReloadMetrics& reloads() const { return *reloads_; }

 private:
  struct Published {
    std::shared_ptr<const ModelSet> models;
    std::uint64_t generation;
  };
  Published Newest() const;

  mutable std::mutex mutex_;
  std::shared_ptr<const ModelSet> models_;
  std::vector<Reader*> readers_;
  std::atomic<std::uint64_t> generation_{1};
  std::unique_ptr<ReloadMetrics> reloads_;
};

/// One thread's view of a repository: it keeps the set it saw last, and looks whether there is a newer one without a
/// lock. Its owner holds it from Current to Release; between times, Publish replaces what it keeps, so that a thread
/// without work keeps no old model alive. Must not outlive the repository.
class ModelRepository::Reader {
 public:
  explicit Reader(ModelRepository* repository);
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;
  ~Reader();

  /// The newest set; valid until the next call or Release.
  const ModelSet& Current();
  void Release();

 private:
  friend class ModelRepository;
  enum State : int { kIdle, kHeld, kRefreshing };

  bool IsStale() const;
  void Refresh();
  /// Publish's part: unless the owner holds the set (and looks itself), puts `newest` in its place. Returns the old.
  std::shared_ptr<const ModelSet> RefreshIfIdle(const Published& newest);

  ModelRepository* const repository_;
  std::atomic<State> state_{kIdle};
  bool held_ = false;  // the owner's copy of state_ == kHeld
  std::uint64_t seen_ = 0;
  std::shared_ptr<const ModelSet> models_;
};

}  // namespace valence::serving
