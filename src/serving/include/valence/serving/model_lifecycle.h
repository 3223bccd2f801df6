// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/json.h"
#include "valence/base/result.h"
#include "valence/classifier/classifier.h"
#include "valence/serving/model_repository.h"

namespace valence::serving {

/// What a model does for the requests that ask for its name without a version.
enum class ModelRole {
  kServed,  ///< answers them, if its version is the highest
  kCanary,  ///< answers a share of them
  kShadow,  ///< scores them too, in secret
};

/// A model to serve, as a person asks for it.
struct ModelSpec {
  std::string source = {};  ///< what ModelLoader understands
  std::string name = {};    ///< IsModelName, or "": what its source calls it; for canary and shadow the default model's
  std::string version = {};  ///< digits, or "": what its source calls it, else the next free number
  ModelRole role = ModelRole::kServed;
  double weight = 0;  ///< a canary's share, 0 to 1
};

/// A model that was loaded and verified, and what its source calls it ("" where it does not).
struct LoadedModel {
  std::shared_ptr<const classifier::Classifier> classifier;
  std::string name = {};
  std::string version = {};
  std::string card = {};  ///< Markdown, or ""
};

/// How models are reached. One call at a time, from any thread; may block.
struct ModelLoader {
  std::function<Result<LoadedModel>(const std::string& source)> load;
  /// A text that changes when what the source names changes; cheap. "" if that cannot be known without loading.
  std::function<Result<std::string>(const std::string& source)> fingerprint;
};

/// Loads models beside those that are served, checks them, and swaps them in; what fails is refused and logged, and
/// what served before goes on. Thread-safe: one change at a time, each of which blocks its caller while it loads.
class ModelLifecycle {
 public:
  using Clock = std::chrono::steady_clock;

  /// Loads `specs` (at least one that is kServed; the first one's name is the default). `threads`: of the server.
  /// Errors: the loader's; kInvalidArgument for two models of the same name and version; as Load.
  static Result<std::unique_ptr<ModelLifecycle>> Start(std::vector<ModelSpec> specs, ModelLoader loader, int threads);
  ~ModelLifecycle();

  const std::shared_ptr<ModelRepository>& repository() const { return repository_; }

  /// Serves `spec`, in the place of the model that has its name and version, or for a canary or a shadow that has the
  /// role for its name. Errors: the loader's; kFailedPrecondition or kDataCorrupt for one that must not take over.
  Result<ModelId> Load(ModelSpec spec);
  /// Stops serving `name`, of which `version` ("" for all). Errors: kNotFound; kConflict if nobody were left to answer
  /// for the default model.
  Status Unload(std::string_view name, std::string_view version);
  /// Ends the canary or the shadow of `name` ("" the default). Error: kNotFound if it has none.
  Status End(ModelRole role, std::string_view name);
  /// Changes the share of the canary of `name` ("" the default). Error: kNotFound if it has none.
  Status SetCanaryWeight(std::string_view name, double weight);
  /// Loads every source again and swaps what differs. Returns one line `{"name","version","result","error"?}` a model.
  Json Reload();
  /// Asks every source whose time has come by `now` whether it changed, and then loads it. A source that cannot be
  /// reached is asked less and less often; one that is refused, not before it changes.
  void Poll(Clock::time_point now, Clock::duration interval);
  /// `{"default","models":[{"name","version","model_version","digest","role","source",...}]}`. Waits for no load.
  Json Describe() const;

 private:
  struct Slot;
  ModelLifecycle(ModelLoader loader, int threads);

  Result<Slot> MakeSlot(ModelSpec spec);
  Status CompleteId(ModelSpec* spec, const LoadedModel& loaded) const;
  const Slot* FindChampion(std::string_view name) const;
  Result<bool> Replace(Slot* slot);
  Result<bool> Retry(std::size_t index);
  void PollSlot(std::size_t index, Clock::time_point now, Clock::duration interval);
  std::string NextVersion(std::string_view name) const;
  std::string NameOr(std::string_view name) const;
  void Adopt(std::vector<Slot> slots);

  const ModelLoader loader_;
  const int threads_;
  std::string default_name_;
  std::shared_ptr<ModelRepository> repository_;
  std::mutex change_;         // held while something changes, loads included
  mutable std::mutex state_;  // held to read or replace slots_
  std::vector<Slot> slots_;   // written under both
};

}  // namespace valence::serving
