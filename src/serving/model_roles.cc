// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "model_slot.h"

// The part of ModelLifecycle that makes one ModelSet of all slots.
namespace valence::serving {
namespace {

bool IsLower(const ModelSet::Entry& a, const ModelSet::Entry& b) {
  return a->version().size() != b->version().size() ? a->version().size() < b->version().size()
                                                    : a->version() < b->version();
}

ModelTraffic& TrafficOf(const std::string& name, std::vector<ModelTraffic>* traffic) {
  const auto found =
      std::find_if(traffic->begin(), traffic->end(), [&](const ModelTraffic& t) { return t.name == name; });
  if (found != traffic->end()) return *found;
  traffic->push_back({.name = name});
  return traffic->back();
}

/// The served model of the highest version, which answers for `name`; nullptr for none.
ModelSet::Entry ChampionAmong(const std::vector<ModelSet::Entry>& served, std::string_view name) {
  ModelSet::Entry champion;
  for (const auto& model : served) {
    if (model->name() == name && (champion == nullptr || IsLower(champion, model))) champion = model;
  }
  return champion;
}

}  // namespace

std::string_view RoleName(ModelRole role) {
  switch (role) {
    case ModelRole::kServed:
      return "served";
    case ModelRole::kCanary:
      return "canary";
    case ModelRole::kShadow:
      return "shadow";
  }
  return "";
}

/// Makes `slots` the state and publishes it. A canary or a shadow that is the champion itself, as aliases make it once
/// it was promoted, does nothing until it differs again. Requires change_ (or that nobody else knows this object).
void ModelLifecycle::Adopt(std::vector<Slot> slots) {
  std::vector<ModelSet::Entry> models;
  for (const Slot& slot : slots) {
    const bool twice = std::any_of(models.begin(), models.end(), [&](const ModelSet::Entry& m) {
      return m->name() == slot.id.name && m->version() == slot.id.version;
    });
    if (slot.spec.role == ModelRole::kServed && !twice) models.push_back(slot.served);
  }
  const std::vector<ModelSet::Entry> served = models;
  std::vector<ModelTraffic> traffic;
  for (Slot& slot : slots) {
    const ModelSet::Entry champion = ChampionAmong(served, slot.id.name);
    const bool differs = champion != nullptr && champion->classifier().version() != slot.classifier->version();
    if (slot.spec.role == ModelRole::kCanary && differs && champion->version() != slot.id.version) {
      ModelTraffic& split = TrafficOf(slot.id.name, &traffic);
      split.canary = slot.served;
      split.canary_weight = slot.spec.weight;
      // A served model that became the same version leaves the canary its place.
      std::erase_if(models, [&](const ModelSet::Entry& m) {
        return m->name() == slot.id.name && m->version() == slot.id.version;
      });
      models.push_back(slot.served);
    }
    if (slot.spec.role != ModelRole::kShadow) continue;
    const bool goes_on = slot.shadow != nullptr && differs && slot.shadow->challenger() == slot.classifier &&
                         slot.shadow->champion_version() == champion->classifier().version();
    if (!goes_on) {
      slot.shadow = differs
                        ? std::make_shared<ShadowScorer>(champion->classifier().version(), slot.classifier, threads_)
                        : nullptr;
    }
    if (slot.shadow != nullptr) TrafficOf(slot.id.name, &traffic).shadow = slot.shadow;
  }
  repository_->Publish(std::make_shared<const ModelSet>(std::move(models), default_name_, std::move(traffic)));
  const std::scoped_lock lock(state_);
  slots_ = std::move(slots);
}

Json ModelLifecycle::Describe() const {
  const std::scoped_lock lock(state_);
  Json models = Json::MakeArray();
  for (const Slot& slot : slots_) {
    Json line = Json::MakeObject({{"name", slot.id.name},
                                  {"version", slot.id.version},
                                  {"model_version", slot.classifier->version()},
                                  {"digest", "sha256:" + slot.classifier->bundle().digest},
                                  {"role", RoleName(slot.spec.role)},
                                  {"source", slot.spec.source},
                                  {"loaded_at", slot.loaded_at}});
    if (slot.spec.role == ModelRole::kCanary) line.Set("weight", slot.spec.weight);
    if (slot.shadow != nullptr) {
      const ShadowScorer::Totals totals = slot.shadow->totals();
      line.Set("champion", slot.shadow->champion_version());
      line.Set("texts", totals.texts);
      line.Set("disagreements", totals.disagreements);
      line.Set("dropped", totals.dropped);
    }
    line.Set("last_error", slot.last_error.empty() ? Json() : Json(slot.last_error));
    models.Push(std::move(line));
  }
  return Json::MakeObject({{"default", default_name_}, {"models", models}});
}

}  // namespace valence::serving
