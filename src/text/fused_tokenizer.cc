// SPDX-License-Identifier: Apache-2.0
#include "valence/text/fused_tokenizer.h"

#include <span>
#include <utility>

#include "aligned.h"
#include "scanner.h"
#include "steps.h"
#include "valence/text/preprocessor.h"

namespace valence::text {
namespace {

constexpr std::size_t kSlack = 16;

// A step may work token by token if it neither looks beyond white space nor at the text's ends.
bool IsLocal(const Step& step) { return step.kind == StepKind::kCharacter || step.kind == StepKind::kWord; }

// The same tokens by the plain steps, for the texts that a Scanner declines.
void RunPlainly(std::span<const Pass> passes, TokenPattern pattern, std::string_view text, TokenBuffer* out) {
  const AlignedText aligned = ApplyAlignedPasses(passes, text);
  std::vector<std::string_view> views;
  pattern.FindAll(aligned.bytes, &views);
  if (out->bytes.size() < aligned.bytes.size() + kSlack) out->bytes.resize(aligned.bytes.size() + kSlack);
  aligned.bytes.copy(out->bytes.data(), aligned.bytes.size());
  out->room.clear();
  for (const std::string_view view : views) {
    const auto offset = static_cast<std::size_t>(view.data() - aligned.bytes.data());
    out->room.push_back({static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(view.size()),
                         aligned.spans[offset].begin, aligned.spans[offset + view.size() - 1].end});
  }
  out->count = out->room.size();
}

}  // namespace

struct FusedTokenizer::Impl {
  Scanner scanner;
  std::vector<Pass> front;  // what the scanner does, plainly
  TokenPattern front_cut;   // how it cuts
  Preprocessor tail;        // the steps from the first word step on
  TokenPattern pattern;
};

std::uint64_t HashToken(std::string_view bytes) { return internal::HashBytes(bytes); }

std::optional<FusedTokenizer> FusedTokenizer::Compile(const std::vector<std::string>& steps, TokenPattern pattern) {
  std::vector<const Step*> front;
  std::vector<std::string> tail;
  for (const std::string& name : steps) {
    const auto found = FindStep(name);
    if (!found) return std::nullopt;
    const Step& step = **found;
    if (tail.empty() && step.kind != StepKind::kWord) {
      front.push_back(&step);
    } else if (IsLocal(step)) {
      tail.push_back(name);
    } else {
      return std::nullopt;
    }
  }
  const TokenPattern cut = tail.empty() ? pattern : TokenPattern(TokenPattern::Kind::kWhitespace);
  std::optional<Scanner> scanner = Scanner::Compile(front, cut.kind());
  auto tail_steps = Preprocessor::Make(tail);
  if (!scanner || !tail_steps) return std::nullopt;

  std::vector<Pass> passes;
  for (const Step* step : front) passes.insert(passes.end(), step->passes.begin(), step->passes.end());
  return FusedTokenizer(std::make_shared<const Impl>(
      Impl{std::move(*scanner), std::move(passes), cut, std::move(tail_steps).value(), pattern}));
}

void FusedTokenizer::Run(std::string_view text, TokenBuffer* out) const {
  if (!impl_->scanner.Run(text, out)) RunPlainly(impl_->front, impl_->front_cut, text, out);
}

void FusedTokenizer::MapToken(std::string_view surface, std::string* scratch,
                              std::vector<std::string_view>* out) const {
  if (maps_identically()) {
    out->push_back(surface);
    return;
  }
  thread_local std::string other;
  impl_->tail.Apply(surface, &other, scratch);
  impl_->pattern.FindAll(*scratch, out);
}

bool FusedTokenizer::maps_identically() const { return impl_->tail.steps().empty(); }

}  // namespace valence::text
