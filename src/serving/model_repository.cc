// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/model_repository.h"

#include <algorithm>
#include <utility>

namespace valence::serving {
namespace {

/// Versions are decimal digits of any length.
bool IsLowerVersion(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

bool ComesBefore(const ModelSet::Entry& a, const ModelSet::Entry& b) {
  return a->name() != b->name() ? a->name() < b->name() : IsLowerVersion(a->version(), b->version());
}

}  // namespace

ModelSet::ModelSet(std::vector<Entry> models, std::string default_name)
    : models_(std::move(models)), default_name_(std::move(default_name)) {
  if (default_name_.empty() && !models_.empty()) default_name_ = models_.front()->name();
  std::stable_sort(models_.begin(), models_.end(), ComesBefore);
}

std::span<const ModelSet::Entry> ModelSet::Versions(std::string_view name) const {
  const auto first = std::find_if(models_.begin(), models_.end(), [&](const Entry& m) { return m->name() == name; });
  const auto last = std::find_if(first, models_.end(), [&](const Entry& m) { return m->name() != name; });
  return {first, last};
}

const ServedModel* ModelSet::Find(std::string_view name, std::string_view version) const {
  const auto versions = Versions(name.empty() ? std::string_view(default_name_) : name);
  if (versions.empty()) return nullptr;
  if (version.empty()) return versions.back().get();
  const auto found =
      std::find_if(versions.begin(), versions.end(), [&](const Entry& m) { return m->IsVersion(version); });
  return found == versions.end() ? nullptr : found->get();
}

ModelSet::Entry ModelSet::Share(const ServedModel& model) const {
  return *std::find_if(models_.begin(), models_.end(), [&](const Entry& m) { return m.get() == &model; });
}

std::shared_ptr<const ModelSet> ModelRepository::Snapshot() const {
  const std::scoped_lock lock(mutex_);
  return models_;
}

void ModelRepository::Publish(std::shared_ptr<const ModelSet> models) {
  {
    const std::scoped_lock lock(mutex_);
    models_.swap(models);
    generation_.fetch_add(1, std::memory_order_release);
  }
  // What was replaced goes here, after the lock, unless a thread still holds it.
}

const ModelSet& ModelRepository::Reader::Current() {
  const std::uint64_t newest = repository_->generation_.load(std::memory_order_acquire);
  if (newest != seen_) {
    models_ = repository_->Snapshot();
    seen_ = newest;
  }
  return *models_;
}

}  // namespace valence::serving
