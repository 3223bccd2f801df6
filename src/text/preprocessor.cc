// SPDX-License-Identifier: Apache-2.0
#include "valence/text/preprocessor.h"

#include <utility>

#include "aligned.h"
#include "steps.h"

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

}  // namespace

struct Preprocessor::Impl {
  std::vector<std::string> names;
  std::vector<Pass> passes;
};

Result<Preprocessor> Preprocessor::Make(const std::vector<std::string>& steps) {
  auto impl = std::make_shared<Impl>();
  impl->names = steps;
  for (const std::string& name : steps) {
    VALENCE_TRY(const Step* step, FindStep(name));
    impl->passes.insert(impl->passes.end(), step->passes.begin(), step->passes.end());
  }
  return Preprocessor(std::move(impl));
}

void Preprocessor::Apply(std::string_view text, std::string* scratch, std::string* out) const {
  if (impl_->passes.empty()) {
    out->assign(text);
    return;
  }
  std::string* target = out;
  std::string* other = scratch;
  std::string_view current = text;
  for (const Pass pass : impl_->passes) {
    target->clear();
    StringSink sink(current, target);
    pass(current, sink);
    current = *target;
    std::swap(target, other);
  }
  if (other != out) out->swap(*scratch);
}

std::string Preprocessor::Apply(std::string_view text) const {
  std::string scratch, out;
  Apply(text, &scratch, &out);
  return out;
}

AlignedText Preprocessor::ApplyAligned(std::string_view text) const { return ApplyAlignedPasses(impl_->passes, text); }

const std::vector<std::string>& Preprocessor::steps() const { return impl_->names; }

}  // namespace valence::text
