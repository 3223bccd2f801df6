// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/model_repository.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "reload_metrics.h"

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

ModelSet::ModelSet(std::vector<Entry> models, std::string default_name, std::vector<ModelTraffic> traffic)
    : models_(std::move(models)), default_name_(std::move(default_name)), traffic_(std::move(traffic)) {
  if (default_name_.empty() && !models_.empty()) default_name_ = models_.front()->name();
  std::stable_sort(models_.begin(), models_.end(), ComesBefore);
}

std::span<const ModelSet::Entry> ModelSet::Versions(std::string_view name) const {
  const auto first = std::find_if(models_.begin(), models_.end(), [&](const Entry& m) { return m->name() == name; });
  const auto last = std::find_if(first, models_.end(), [&](const Entry& m) { return m->name() != name; });
  return {first, last};
}

const ModelTraffic* ModelSet::FindTraffic(std::string_view name) const {
  if (traffic_.empty()) return nullptr;
  const std::string_view wanted = name.empty() ? std::string_view(default_name_) : name;
  const auto found =
      std::find_if(traffic_.begin(), traffic_.end(), [&](const ModelTraffic& t) { return t.name == wanted; });
  return found == traffic_.end() ? nullptr : &*found;
}

const ServedModel* ModelSet::Champion(std::string_view name) const {
  const ModelTraffic* const traffic = FindTraffic(name);
  const ServedModel* const canary = traffic == nullptr ? nullptr : traffic->canary.get();
  const ServedModel* champion = nullptr;
  for (const Entry& version : Versions(name)) {
    if (version.get() != canary) champion = version.get();
  }
  return champion;
}

const ServedModel* ModelSet::Find(std::string_view name, std::string_view version) const {
  const std::string_view wanted = name.empty() ? std::string_view(default_name_) : name;
  if (version.empty()) return Champion(wanted);
  const auto versions = Versions(wanted);
  const auto found =
      std::find_if(versions.begin(), versions.end(), [&](const Entry& m) { return m->IsVersion(version); });
  return found == versions.end() ? nullptr : found->get();
}

ModelSet::Entry ModelSet::Share(const ServedModel& model) const {
  return *std::find_if(models_.begin(), models_.end(), [&](const Entry& m) { return m.get() == &model; });
}

ModelRepository::ModelRepository(std::shared_ptr<const ModelSet> models)
    : models_(std::move(models)), reloads_(std::make_unique<ReloadMetrics>()) {}
ModelRepository::~ModelRepository() = default;

ModelRepository::Published ModelRepository::Newest() const {
  const std::scoped_lock lock(mutex_);
  return {models_, generation_.load(std::memory_order_relaxed)};
}

std::shared_ptr<const ModelSet> ModelRepository::Snapshot() const { return Newest().models; }

void ModelRepository::Publish(std::shared_ptr<const ModelSet> models) {
  std::vector<std::shared_ptr<const ModelSet>> replaced;  // goes after the lock: freeing a model takes its time
  const std::scoped_lock lock(mutex_);
  replaced.push_back(std::exchange(models_, std::move(models)));
  const Published newest{models_, generation_.fetch_add(1) + 1};
  for (Reader* const reader : readers_) replaced.push_back(reader->RefreshIfIdle(newest));
}

ModelRepository::Reader::Reader(ModelRepository* repository) : repository_(repository) {
  const std::scoped_lock lock(repository_->mutex_);
  repository_->readers_.push_back(this);
}

ModelRepository::Reader::~Reader() {
  const std::scoped_lock lock(repository_->mutex_);
  std::erase(repository_->readers_, this);
}

// The owner says that it is idle and then looks at the generation; Publish moves the generation and then looks whether
// the owner is idle. Both in sequentially consistent order, so that one of them sees the other.

bool ModelRepository::Reader::IsStale() const { return repository_->generation_.load() != seen_; }

void ModelRepository::Reader::Refresh() {
  Published newest = repository_->Newest();
  seen_ = newest.generation;
  models_ = std::move(newest.models);
}

const ModelSet& ModelRepository::Reader::Current() {
  State idle = kIdle;
  while (!held_ && !state_.compare_exchange_weak(idle, kHeld)) {
    idle = kIdle;
    std::this_thread::yield();  // Publish is swapping two pointers here
  }
  held_ = true;
  if (IsStale()) Refresh();
  return *models_;
}

void ModelRepository::Reader::Release() {
  std::uint64_t seen = seen_;
  held_ = false;
  state_.store(kIdle);
  while (repository_->generation_.load() != seen) {
    State idle = kIdle;
    if (!state_.compare_exchange_strong(idle, kRefreshing)) return;  // Publish does it
    Refresh();
    seen = seen_;
    state_.store(kIdle);
  }
}

std::shared_ptr<const ModelSet> ModelRepository::Reader::RefreshIfIdle(const Published& newest) {
  State idle = kIdle;
  if (!state_.compare_exchange_strong(idle, kRefreshing)) return nullptr;
  seen_ = newest.generation;
  auto replaced = std::exchange(models_, newest.models);
  state_.store(kIdle);
  return replaced;
}

}  // namespace valence::serving
