// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"

/// The container of a model file: the public safetensors layout, with two digests of ours in its metadata
/// (docs/formats/model.md). Knows nothing of models.
namespace valence::classifier::safetensors {

/// Element types we write, by safetensors' names. Little-endian.
enum class Dtype { kF64, kU64, kU8 };
std::string_view DtypeName(Dtype dtype);
std::size_t DtypeBytes(Dtype dtype);

/// A named array. `bytes` is borrowed: from the writer's vectors, or from the file's bytes.
struct Tensor {
  std::string name;
  Dtype dtype = Dtype::kU8;
  std::vector<std::uint64_t> shape;
  std::string_view bytes;
};

/// safetensors' `__metadata__`: names to strings, ascending, so that equal content gives equal bytes.
using Metadata = std::map<std::string, std::string>;

/// The digests' names in the metadata; writers must not use them.
inline constexpr std::string_view kHeaderDigest = "header_sha256";
inline constexpr std::string_view kBlockDigest = "sha256";

/// Headers above this are refused before they are read.
inline constexpr std::uint64_t kMaxHeaderBytes = std::uint64_t{1} << 20;
/// Data begins at a multiple of this, so that a memory map is aligned for every element type.
inline constexpr std::size_t kAlignment = 64;

/// SHA-256 (hex) of the tensors' bytes back to back: of the block WriteHeader() describes.
std::string BlockDigest(const std::vector<Tensor>& tensors);

/// Everything before the block: length, JSON with both digests, padding. The block is the tensors' bytes in order.
std::string WriteHeader(Metadata metadata, const std::vector<Tensor>& tensors, const std::string& block_digest);

struct Container {
  Metadata metadata;            ///< with both digests
  std::vector<Tensor> tensors;  ///< in file order, views into the bytes read
  std::string_view block;       ///< all of them
};

/// False only in tests, which must see that the checks behind the digests hold by themselves.
struct ReadOptions {
  bool verify_digests = true;
};

/// Reads a container, checking bounds before use: tensors must fill the block in header order without a hole. Errors:
/// kDataCorrupt, naming the section ("header length", "header", "tensor NAME", "tensor block"). Verifies the header's
/// digest, not yet the block's.
Result<Container> Read(std::string_view bytes, ReadOptions options = {});

/// Verifies the block's digest: most of the time that reading takes, so a caller may do it beside other work, as long
/// as nothing is used before. Error: kDataCorrupt.
Status VerifyBlock(const Container& container);

}  // namespace valence::classifier::safetensors
