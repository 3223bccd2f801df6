// SPDX-License-Identifier: Apache-2.0
#include "shadow_scorer.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace valence::serving {
namespace {

constexpr int kNice = 10;                         // answers come first where processors are few
constexpr std::size_t kKeptCapacity = 64u << 10;  // a queue's strings stay allocated up to this

}  // namespace

ShadowScorer::ShadowScorer(std::string champion_version, Model challenger, int threads)
    : champion_version_(std::move(champion_version)),
      challenger_(std::move(challenger)),
      shard_(threads),
      registry_(threads + 1) {
  const std::vector<telemetry::Labels> pair = {
      {{"champion", champion_version_}, {"challenger", challenger_->version()}}};
  texts_ = registry_.AddCounters("valence_shadow_texts_total", "Texts that the challenger scored too.", pair);
  disagreements_ = registry_.AddCounters("valence_shadow_disagreements_total",
                                         "Texts to which the challenger gives another label.", pair);
  dropped_ = registry_.AddCounters("valence_shadow_dropped_total",
                                   "Texts that came too fast for the challenger and were not scored by it.", pair);
  for (int i = 0; i < threads; ++i) queues_.push_back(std::make_unique<Queue>());
  thread_ = std::thread([this] { Run(); });
}

ShadowScorer::~ShadowScorer() {
  stopping_ = true;
  bell_.fetch_add(1);
  bell_.notify_one();
  thread_.join();
}

void ShadowScorer::Offer(int thread, std::string_view text, std::int32_t label) {
  Queue& queue = *queues_[static_cast<std::size_t>(thread)];
  const std::size_t pushed = queue.pushed.load(std::memory_order_relaxed);
  if (pushed - queue.popped.load(std::memory_order_acquire) == kSlots ||
      queue.bytes.load(std::memory_order_relaxed) + text.size() > kMaxQueuedBytes) {
    dropped_->Add(thread);
    return;
  }
  Item& item = queue.items[pushed % kSlots];
  item.text.assign(text);
  item.label = label;
  queue.bytes.fetch_add(text.size(), std::memory_order_relaxed);
  queue.pushed.store(pushed + 1, std::memory_order_release);
  bell_.fetch_add(1);
  bell_.notify_one();
}

bool ShadowScorer::Pop(Queue* queue, Item* item) {
  const std::size_t popped = queue->popped.load(std::memory_order_relaxed);
  if (popped == queue->pushed.load(std::memory_order_acquire)) return false;
  std::swap(*item, queue->items[popped % kSlots]);
  queue->bytes.fetch_sub(item->text.size(), std::memory_order_relaxed);
  queue->popped.store(popped + 1, std::memory_order_release);
  return true;
}

void ShadowScorer::Score(const Item& item, classifier::Classifier::Scratch* scratch,
                         classifier::Prediction* prediction) {
  challenger_->Predict(item.text, scratch, prediction);
  texts_->Add(shard_);
  if (prediction->label != item.label) disagreements_->Add(shard_);
}

void ShadowScorer::Run() {
  // Linux keeps niceness by thread. Failing changes nothing but that.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  classifier::Classifier::Scratch scratch;
  classifier::Prediction prediction;
  Item item;
  while (!stopping_) {
    const std::uint32_t heard = bell_.load();
    bool worked = false;
    for (const auto& queue : queues_) {
      if (stopping_ || !Pop(queue.get(), &item)) continue;
      Score(item, &scratch, &prediction);
      if (item.text.capacity() > kKeptCapacity) item.text = std::string();
      worked = true;
    }
    if (!worked) bell_.wait(heard);
  }
}

ShadowScorer::Totals ShadowScorer::totals() const {
  return {texts_->Value(), disagreements_->Value(), dropped_->Value()};
}

}  // namespace valence::serving
