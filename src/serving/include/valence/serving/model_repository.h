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

/// The models that are served at one moment. Immutable.
class ModelSet {
 public:
  using Entry = std::shared_ptr<const ServedModel>;

  /// `default_name`: whom requests without a model's name get; "" names the first of `models`.
  explicit ModelSet(std::vector<Entry> models, std::string default_name = "");

  /// By name, then by version, the highest number last.
  std::span<const Entry> models() const { return models_; }
  /// The version that `version` calls (ServedModel::IsVersion; "" the highest) of the model `name` ("" the default
  /// one), or nullptr.
  const ServedModel* Find(std::string_view name, std::string_view version = {}) const;
  /// A share in one of models().
  Entry Share(const ServedModel& model) const;
  /// Every version of `name`, the highest last.
  std::span<const Entry> Versions(std::string_view name) const;
  /// Who answers when nobody is asked for; nullptr if nothing is served.
  const ServedModel* default_model() const { return Find({}); }
  const std::string& default_name() const { return default_name_; }

 private:
  std::vector<Entry> models_;
  std::string default_name_;
};

/// The models being served, replaced whole: a new set is made beside the old one and published at once, so a request
/// sees one set or the other, never a mixture. Thread-safe.
class ModelRepository {
 public:
  explicit ModelRepository(std::shared_ptr<const ModelSet> models) : models_(std::move(models)) {}

  std::shared_ptr<const ModelSet> Snapshot() const;
  /// Requests that start after this see `models`; those under way end with what they started with.
  void Publish(std::shared_ptr<const ModelSet> models);

  /// One thread's view: it keeps the set it saw last, and looks whether there is a newer one without a lock.
  class Reader {
   public:
    explicit Reader(const ModelRepository* repository) : repository_(repository) {}
    /// The newest set; valid until the next call.
    const ModelSet& Current();

   private:
    const ModelRepository* repository_;
    std::uint64_t seen_ = 0;
    std::shared_ptr<const ModelSet> models_;
  };

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const ModelSet> models_;
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace valence::serving
