// SPDX-License-Identifier: Apache-2.0
#include "valence/text/preprocessor.h"

#include <optional>
#include <span>
#include <utility>

#include "aligned.h"
#include "steps.h"
#include "word_pipeline.h"

namespace valence::text {
namespace {

// Appends to a string and forgets where it came from.
class StringSink : public Sink {
 public:
  StringSink(std::string_view in, std::string* out) : in_(in), out_(*out) {}
  void Copy(std::size_t begin, std::size_t end) override { out_.append(in_.substr(begin, end - begin)); }
  void Emit(std::string_view bytes, std::size_t, std::size_t) override { out_.append(bytes); }

 private:
  std::string_view in_;
  std::string& out_;
};

void ApplyPasses(std::span<const Pass> passes, std::string_view text, std::string* scratch, std::string* out) {
  if (passes.empty()) {
    out->assign(text);
    return;
  }
  std::string* target = out;
  std::string* other = scratch;
  std::string_view current = text;
  for (const Pass pass : passes) {
    target->clear();
    StringSink sink(current, target);
    pass(current, sink);
    current = *target;
    std::swap(target, other);
  }
  if (other != out) out->swap(*scratch);
}

}  // namespace

struct Preprocessor::Impl {
  std::vector<std::string> names;
  std::vector<Pass> passes;
  std::optional<WordPipeline> pipeline;  // the same in one pass, where that is possible
};

Result<Preprocessor> Preprocessor::Make(const std::vector<std::string>& steps) {
  auto impl = std::make_shared<Impl>();
  impl->names = steps;
  std::vector<const Step*> found;
  for (const std::string& name : steps) {
    VALENCE_TRY(const Step* step, FindStep(name));
    found.push_back(step);
    impl->passes.insert(impl->passes.end(), step->passes.begin(), step->passes.end());
  }
  impl->pipeline = WordPipeline::Compile(found);
  return Preprocessor(std::move(impl));
}

void Preprocessor::Apply(std::string_view text, std::string* scratch, std::string* out) const {
  if (impl_->pipeline && impl_->pipeline->Apply(text, out)) return;
  ApplyPasses(impl_->passes, text, scratch, out);
}

std::string Preprocessor::Apply(std::string_view text) const {
  std::string scratch, out;
  Apply(text, &scratch, &out);
  return out;
}

AlignedText Preprocessor::ApplyAligned(std::string_view text) const { return ApplyAlignedPasses(impl_->passes, text); }

const std::vector<std::string>& Preprocessor::steps() const { return impl_->names; }

}  // namespace valence::text
