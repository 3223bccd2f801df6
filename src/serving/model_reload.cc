// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model_check.h"
#include "model_slot.h"
#include "reload_metrics.h"
#include "valence/base/clock.h"
#include "valence/base/log.h"
#include "valence/serving/model_lifecycle.h"

// The part of ModelLifecycle that follows sources.
namespace valence::serving {
namespace {

using Clock = ModelLifecycle::Clock;

constexpr Clock::duration kLongestPause = std::chrono::minutes(5);

/// Twice as long after each failure in a row.
Clock::duration Pause(Clock::duration interval, int failures) {
  const Clock::duration longest = std::max(interval, kLongestPause);
  for (int i = 0; i < failures && interval < longest; ++i) interval *= 2;
  return std::min(interval, longest);
}

/// Whether trying the same again may end otherwise.
bool IsPassing(const Error& error) {
  return error.code == ErrorCode::kUnavailable || error.code == ErrorCode::kDeadlineExceeded ||
         error.code == ErrorCode::kResourceExhausted || error.code == ErrorCode::kNotFound;
}

}  // namespace

/// Makes `slot` what its source is now. False if that is what it was.
Result<bool> ModelLifecycle::Replace(Slot* slot) {
  VALENCE_TRY(LoadedModel loaded, loader_.load(slot->spec.source));
  ModelId id = slot->id;
  if (!slot->keeps_version && !loaded.version.empty()) id.version = loaded.version;
  const bool same_model = loaded.classifier->bundle().digest == slot->classifier->bundle().digest;
  if (same_model && id.version == slot->id.version) return false;
  VALENCE_RETURN_IF_ERROR(CheckSuccessor(*loaded.classifier, slot->classifier.get()));
  slot->id = std::move(id);
  slot->classifier = std::move(loaded.classifier);
  slot->card = std::move(loaded.card);
  slot->loaded_at = NowIso8601();
  if (slot->served != nullptr) {
    slot->served = std::make_shared<ServedModel>(slot->id, slot->classifier, threads_, slot->card);
  }
  return true;
}

/// Loads the source of one slot again and swaps it in, or says why not. Requires change_.
Result<bool> ModelLifecycle::Retry(std::size_t index) {
  const Stopwatch watch;
  std::vector<Slot> slots = slots_;
  Slot& slot = slots[index];
  const std::string before = slot.classifier->version();
  // Before the load: what changes meanwhile is seen by the next poll.
  auto fingerprint = loader_.fingerprint(slot.spec.source);
  Result<bool> swapped = fingerprint ? Replace(&slot) : Result<bool>(std::move(fingerprint).error());
  ReloadMetrics& metrics = repository_->reloads();
  if (!swapped) {
    metrics.Count(ReloadResult::kRefused);
    slot.last_error = swapped.error().message;
    if (fingerprint && !IsPassing(swapped.error())) slot.refused = *fingerprint;
    log::Error(fmt::format("model {} version {}: the new model was refused, {} keeps serving: {}", slot.id.name,
                           slot.id.version, before, slot.last_error));
  } else {
    slot.fingerprint = *std::move(fingerprint);
    slot.refused.clear();
    slot.last_error.clear();
    metrics.Count(*swapped ? ReloadResult::kSwapped : ReloadResult::kUnchanged);
    if (*swapped) metrics.Loaded(watch.seconds());
  }
  const std::string after = slot.classifier->version();
  const ModelId id = slot.id;
  Adopt(std::move(slots));
  if (swapped && *swapped) {
    log::Info(fmt::format("model {} version {}: {} replaces {} ({:.0f} ms)", id.name, id.version, after, before,
                          watch.seconds() * 1000));
  }
  return swapped;
}

Json ModelLifecycle::Reload() {
  const std::scoped_lock lock(change_);
  Json lines = Json::MakeArray();
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto swapped = Retry(i);
    Json line = Json::MakeObject({{"name", slots_[i].id.name},
                                  {"version", slots_[i].id.version},
                                  {"model_version", slots_[i].classifier->version()},
                                  {"result", !swapped   ? "refused"
                                             : *swapped ? "swapped"
                                                        : "unchanged"}});
    if (!swapped) line.Set("error", swapped.error().message);
    lines.Push(std::move(line));
  }
  return lines;
}

void ModelLifecycle::Poll(Clock::time_point now, Clock::duration interval) {
  const std::scoped_lock lock(change_);
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    if (slots_[i].due <= now) PollSlot(i, now, interval);
  }
}

void ModelLifecycle::PollSlot(std::size_t index, Clock::time_point now, Clock::duration interval) {
  const std::string source = slots_[index].spec.source;
  const int unreachable = slots_[index].unreachable;
  const auto fingerprint = loader_.fingerprint(source);
  bool failed = !fingerprint;
  if (failed) {
    repository_->reloads().Count(ReloadResult::kUnreachable);
    if (unreachable == 0) {
      log::Warning(fmt::format("{} cannot be followed, asking less often: {}", source, fingerprint.error().message));
    }
  } else if (*fingerprint != slots_[index].fingerprint && *fingerprint != slots_[index].refused) {
    const auto swapped = Retry(index);
    failed = !swapped && IsPassing(swapped.error());
  }
  if (!failed && unreachable > 0) log::Info(fmt::format("{} can be followed again", source));
  const std::scoped_lock lock(state_);
  Slot& slot = slots_[index];
  slot.unreachable = failed ? unreachable + 1 : 0;
  if (!fingerprint) slot.last_error = fingerprint.error().message;
  slot.due = now + Pause(interval, slot.unreachable);
}

}  // namespace valence::serving
