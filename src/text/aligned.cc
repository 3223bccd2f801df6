// SPDX-License-Identifier: Apache-2.0
#include "aligned.h"

#include <cstdint>
#include <utility>

#include "valence/base/utf8.h"

namespace valence::text {
namespace {

AlignedText Identity(std::string_view text) {
  AlignedText aligned;
  aligned.bytes.assign(text);
  aligned.spans.reserve(text.size());
  for (std::size_t i = 0; i < text.size();) {
    const std::uint32_t length = utf8::Decode(text.data() + i).length;
    const auto begin = static_cast<std::uint32_t>(i);
    aligned.spans.insert(aligned.spans.end(), length, Span{begin, begin + length});
    i += length;
  }
  return aligned;
}

// Composes a pass's own alignment with that of its input.
class AlignedSink : public Sink {
 public:
  AlignedSink(const AlignedText& in, std::uint32_t original_size, AlignedText* out)
      : in_(in), original_size_(original_size), out_(*out) {}

  void Copy(std::size_t begin, std::size_t end) override {
    out_.bytes.append(in_.bytes, begin, end - begin);
    const auto first = in_.spans.begin();
    out_.spans.insert(out_.spans.end(), first + static_cast<std::ptrdiff_t>(begin),
                      first + static_cast<std::ptrdiff_t>(end));
  }

  void Emit(std::string_view bytes, std::size_t begin, std::size_t end) override {
    out_.bytes.append(bytes);
    out_.spans.insert(out_.spans.end(), bytes.size(), OriginalOf(begin, end));
  }

 private:
  Span OriginalOf(std::size_t begin, std::size_t end) const {
    if (begin < end) return {in_.spans[begin].begin, in_.spans[end - 1].end};
    const std::uint32_t place = begin < in_.spans.size() ? in_.spans[begin].begin : original_size_;
    return {place, place};
  }

  const AlignedText& in_;
  std::uint32_t original_size_;
  AlignedText& out_;
};

}  // namespace

AlignedText ApplyAlignedPasses(std::span<const Pass> passes, std::string_view text) {
  AlignedText current = Identity(text);
  AlignedText next;
  for (const Pass pass : passes) {
    next.bytes.clear();
    next.spans.clear();
    AlignedSink sink(current, static_cast<std::uint32_t>(text.size()), &next);
    pass(current.bytes, sink);
    std::swap(current, next);
  }
  return current;
}

}  // namespace valence::text
