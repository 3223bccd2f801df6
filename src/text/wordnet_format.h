// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

/// The layout of the read-only WordNet blob that wordnet_pack makes at build time and lemmatize.cc reads in place.
///
///   Header | slot tables | entries
///
/// A slot table is an open-addressing hash table (linear probing, HashBytes of the key) of 32-bit offsets of entries
/// from the blob's start; 0 is an empty slot. All integers are little-endian and offsets of tables 4-byte aligned.
///   lemma entry:      length, mask of parts of speech, bytes
///   exception entry:  length, bytes, count, then per form: length, bytes
/// (each number one byte). Never written to disk by users, so it has no version: blob and reader are built together.
namespace valence::text::wordnet {

inline constexpr int kPartsOfSpeech = 4;             // in the order of PartOfSpeech
inline constexpr std::uint32_t kMagic = 0x314E5756;  // "VWN1"

struct Table {
  std::uint32_t slots_offset = 0;
  std::uint32_t mask = 0;  ///< number of slots - 1, a power of two minus 1
};

struct Header {
  std::uint32_t magic = kMagic;
  std::uint32_t size_bytes = 0;
  Table lemmas;
  Table exceptions[kPartsOfSpeech];
};

}  // namespace valence::text::wordnet
