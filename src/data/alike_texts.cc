// SPDX-License-Identifier: Apache-2.0
#include "alike_texts.h"

#include <string_view>

#include "valence/linalg/parallel.h"

namespace valence::data::internal {
namespace {

/// FNV-1a over the folded text. A collision only keeps two different texts on the same side.
std::uint64_t FoldedHash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  const auto add = [&hash](unsigned char c) { hash = (hash ^ c) * 0x100000001b3; };
  bool pending_space = false;
  bool begun = false;
  for (const char c : text) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      pending_space = begun;
      continue;
    }
    if (pending_space) add(' ');
    pending_space = false;
    begun = true;
    add(static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
  }
  return hash;
}

}  // namespace

/// Half of the split's time is spent here, hence all threads.
std::vector<std::uint64_t> AlikeHashes(const Dataset& documents) {
  std::vector<std::uint64_t> hashes(documents.size());
  linalg::ParallelFor(documents.size(), 64, [&](std::size_t, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) hashes[i] = FoldedHash(documents[i].text);
  });
  return hashes;
}

}  // namespace valence::data::internal
