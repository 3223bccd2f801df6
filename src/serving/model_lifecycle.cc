// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/model_lifecycle.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model_check.h"
#include "model_slot.h"
#include "reload_metrics.h"
#include "valence/base/clock.h"
#include "valence/base/log.h"

namespace valence::serving {
namespace {

bool IsSame(const ModelId& a, const ModelId& b) { return a.name == b.name && a.version == b.version; }

std::string Called(const ModelId& id) { return fmt::format("model {} version {}", id.name, id.version); }

}  // namespace

ModelLifecycle::ModelLifecycle(ModelLoader loader, int threads) : loader_(std::move(loader)), threads_(threads) {}
ModelLifecycle::~ModelLifecycle() = default;

Result<std::unique_ptr<ModelLifecycle>> ModelLifecycle::Start(std::vector<ModelSpec> specs, ModelLoader loader,
                                                              int threads) {
  const Stopwatch watch;
  std::unique_ptr<ModelLifecycle> self(new ModelLifecycle(std::move(loader), threads));
  self->repository_ =
      std::make_shared<ModelRepository>(std::make_shared<const ModelSet>(std::vector<ModelSet::Entry>()));
  for (ModelSpec& spec : specs) {
    const std::string source = spec.source;
    VALENCE_TRY(Slot slot, self->MakeSlot(std::move(spec)));
    for (const Slot& other : self->slots_) {
      if (!IsSame(other.id, slot.id) || other.spec.role != slot.spec.role) continue;
      return InvalidArgument(
          fmt::format("--model {}: there is a {} already; name it NAME@VERSION=", source, Called(slot.id)));
    }
    if (self->default_name_.empty()) self->default_name_ = slot.id.name;
    self->slots_.push_back(std::move(slot));
  }
  self->Adopt(std::move(self->slots_));
  self->repository_->reloads().Loaded(watch.seconds());
  return self;
}

std::string ModelLifecycle::NameOr(std::string_view name) const {
  return name.empty() ? default_name_ : std::string(name);
}

std::string ModelLifecycle::NextVersion(std::string_view name) const {
  std::uint64_t highest = 0;
  for (const Slot& slot : slots_) {
    if (slot.id.name != name || slot.id.version.size() > 18) continue;
    highest = std::max<std::uint64_t>(highest, std::stoull(slot.id.version));
  }
  return std::to_string(highest + 1);
}

/// Whom a canary or a shadow of `name` is measured against.
const ModelLifecycle::Slot* ModelLifecycle::FindChampion(std::string_view name) const {
  const ServedModel* const champion = repository_->Snapshot()->Find(name);
  const auto found =
      std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) { return s.served.get() == champion; });
  if (champion != nullptr && found != slots_.end()) return &*found;
  // At the start nothing is published yet.
  const auto served = std::find_if(slots_.begin(), slots_.end(), [&](const Slot& s) {
    return s.spec.role == ModelRole::kServed && s.id.name == name;
  });
  return served == slots_.end() ? nullptr : &*served;
}

Status ModelLifecycle::CompleteId(ModelSpec* spec, const LoadedModel& loaded) const {
  const bool extra = spec->role != ModelRole::kServed;
  if (spec->name.empty()) spec->name = extra ? default_name_ : loaded.name;
  if (!IsModelName(spec->name)) spec->name = ModelId().name;
  if (extra && FindChampion(spec->name) == nullptr) {
    return NotFound(fmt::format("there is no model '{}' that {} could stand beside", spec->name, spec->source));
  }
  return Ok();
}

Result<ModelLifecycle::Slot> ModelLifecycle::MakeSlot(ModelSpec spec) {
  Slot slot;
  // Before the load: what changes meanwhile is seen by the next poll.
  if (auto fingerprint = loader_.fingerprint(spec.source)) slot.fingerprint = *std::move(fingerprint);
  VALENCE_TRY(LoadedModel loaded, loader_.load(spec.source));
  VALENCE_RETURN_IF_ERROR(CompleteId(&spec, loaded));
  slot.keeps_version = !spec.version.empty();
  slot.id = {spec.name, slot.keeps_version ? spec.version : loaded.version};
  if (slot.id.version.empty()) slot.id.version = spec.role == ModelRole::kServed ? "1" : NextVersion(spec.name);
  // Several versions of the start may differ in their labels: nobody relies on any of them yet.
  const bool first = spec.role == ModelRole::kServed && repository_->Snapshot()->models().empty();
  const Slot* const champion = first ? nullptr : FindChampion(spec.name);
  auto checked = CheckSuccessor(*loaded.classifier, champion == nullptr ? nullptr : champion->classifier.get());
  if (!checked) return std::move(checked).error().With(spec.source);
  slot.classifier = std::move(loaded.classifier);
  slot.card = std::move(loaded.card);
  slot.spec = std::move(spec);
  slot.loaded_at = NowIso8601();
  if (slot.spec.role != ModelRole::kShadow) {
    slot.served = std::make_shared<ServedModel>(slot.id, slot.classifier, threads_, slot.card);
  }
  return slot;
}

Result<ModelId> ModelLifecycle::Load(ModelSpec spec) {
  const std::scoped_lock lock(change_);
  const Stopwatch watch;
  auto made = MakeSlot(std::move(spec));
  if (!made) {
    repository_->reloads().Count(ReloadResult::kRefused);
    return std::move(made).error();
  }
  const ModelId id = made->id;
  std::vector<Slot> slots = slots_;
  const bool served = made->spec.role == ModelRole::kServed;
  std::erase_if(slots, [&](const Slot& s) {
    return s.spec.role == made->spec.role && (served ? IsSame(s.id, id) : s.id.name == id.name);
  });
  slots.push_back(*std::move(made));
  Adopt(std::move(slots));
  repository_->reloads().Count(ReloadResult::kSwapped);
  repository_->reloads().Loaded(watch.seconds());
  return id;
}

Status ModelLifecycle::Unload(std::string_view name, std::string_view version) {
  const std::scoped_lock lock(change_);
  std::vector<Slot> slots = slots_;
  const auto leaves = [&](const Slot& s) {
    return s.id.name == name && (version.empty() || (s.served != nullptr && s.served->IsVersion(version)));
  };
  if (std::erase_if(slots, leaves) == 0) {
    return NotFound(version.empty() ? fmt::format("there is no model '{}'", name)
                                    : fmt::format("model '{}' has no version '{}'", name, version));
  }
  const auto answers = [&](std::string_view wanted) {
    return std::any_of(slots.begin(), slots.end(),
                       [&](const Slot& s) { return s.id.name == wanted && s.spec.role == ModelRole::kServed; });
  };
  if (!answers(name)) {
    if (name == default_name_) {
      return Error{ErrorCode::kConflict, fmt::format("'{}' is the default model; load another version first", name)};
    }
    std::erase_if(slots, [&](const Slot& s) { return s.id.name == name; });  // a canary or a shadow of nobody
  }
  Adopt(std::move(slots));
  return Ok();
}

Status ModelLifecycle::End(ModelRole role, std::string_view name) {
  const std::scoped_lock lock(change_);
  std::vector<Slot> slots = slots_;
  const std::string wanted = NameOr(name);
  if (std::erase_if(slots, [&](const Slot& s) { return s.spec.role == role && s.id.name == wanted; }) == 0) {
    return NotFound(fmt::format("model '{}' has no {}", wanted, RoleName(role)));
  }
  Adopt(std::move(slots));
  return Ok();
}

Status ModelLifecycle::SetCanaryWeight(std::string_view name, double weight) {
  const std::scoped_lock lock(change_);
  std::vector<Slot> slots = slots_;
  const std::string wanted = NameOr(name);
  const auto canary = std::find_if(slots.begin(), slots.end(), [&](const Slot& s) {
    return s.spec.role == ModelRole::kCanary && s.id.name == wanted;
  });
  if (canary == slots.end()) return NotFound(fmt::format("model '{}' has no canary; name its source", wanted));
  canary->spec.weight = weight;
  Adopt(std::move(slots));
  return Ok();
}

}  // namespace valence::serving
