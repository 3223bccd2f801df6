// SPDX-License-Identifier: Apache-2.0
#include "safetensors.h"

#include <fmt/format.h>

#include <bit>
#include <cstring>
#include <limits>
#include <optional>

#include "valence/base/digest.h"
#include "valence/base/json.h"

namespace valence::classifier::safetensors {
namespace {

static_assert(std::endian::native == std::endian::little, "tensors are written as they lie in memory");

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kDigestDigits = 64;
// The header digest's digits stand at a fixed place, so that they can be checked before the JSON is parsed.
constexpr std::string_view kPrefix = R"({"__metadata__":{"header_sha256":")";

Error Corrupt(std::string_view section, std::string_view what) {
  return DataCorrupt(fmt::format("{}: {}", section, what));
}

std::string EncodeLength(std::uint64_t value) {
  std::string bytes(kLengthBytes, '\0');
  std::memcpy(bytes.data(), &value, kLengthBytes);
  return bytes;
}

// SHA-256 of length and JSON, its own digits taken as zeros.
std::string HeaderDigest(std::string_view header) {
  const std::size_t digits = kLengthBytes + kPrefix.size();
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(header.substr(0, digits));
  digest.Update(std::string(kDigestDigits, '0'));
  digest.Update(header.substr(digits + kDigestDigits));
  return ToHex(digest.Finish());
}

Json DescribeTensor(const Tensor& tensor, std::uint64_t begin) {
  Json json = Json::MakeObject();
  json.Set("dtype", DtypeName(tensor.dtype));
  json.Set("shape", Json::ArrayOf(tensor.shape));
  json.Set("data_offsets", Json(Json::Array{Json(begin), Json(begin + tensor.bytes.size())}));
  return json;
}

std::optional<std::uint64_t> AsCount(const Json& json) {
  if (!json.is_int() || json.integer() < 0) return std::nullopt;
  return static_cast<std::uint64_t>(json.integer());
}

Result<Dtype> ParseDtype(const Json* json, std::string_view section) {
  for (const Dtype dtype : {Dtype::kF64, Dtype::kU64, Dtype::kU8}) {
    if (json != nullptr && json->is_string() && json->string() == DtypeName(dtype)) return dtype;
  }
  return Corrupt(section, "dtype: expected F64, U64 or U8");
}

Result<std::vector<std::uint64_t>> ParseCounts(const Json* json, std::string_view section, std::string_view field) {
  std::vector<std::uint64_t> counts;
  if (json == nullptr || !json->is_array()) return Corrupt(section, fmt::format("{}: expected an array", field));
  for (const Json& item : json->array()) {
    const auto count = AsCount(item);
    if (!count) return Corrupt(section, fmt::format("{}: expected whole numbers from 0", field));
    counts.push_back(*count);
  }
  return counts;
}

// shape's product times the element's size, or nullopt if it does not fit in 64 bits.
std::optional<std::uint64_t> ByteSize(Dtype dtype, const std::vector<std::uint64_t>& shape) {
  std::uint64_t size = DtypeBytes(dtype);
  for (const std::uint64_t extent : shape) {
    if (extent != 0 && size > std::numeric_limits<std::uint64_t>::max() / extent) return std::nullopt;
    size *= extent;
  }
  return size;
}

// One tensor, which must begin where the one before it ended.
Result<Tensor> ParseTensor(const std::string& name, const Json& json, std::string_view block, std::uint64_t begin) {
  const std::string section = "tensor " + name;
  VALENCE_TRY(const Dtype dtype, ParseDtype(json.Find("dtype"), section));
  VALENCE_TRY(auto shape, ParseCounts(json.Find("shape"), section, "shape"));
  VALENCE_TRY(const auto offsets, ParseCounts(json.Find("data_offsets"), section, "data_offsets"));
  if (offsets.size() != 2) return Corrupt(section, "data_offsets: expected two numbers");
  if (offsets[0] != begin) {
    return Corrupt(section, fmt::format("begins at byte {} of the block, expected {}", offsets[0], begin));
  }
  if (offsets[1] < begin || offsets[1] > block.size()) {
    return Corrupt(section, fmt::format("ends at byte {} of a block of {}", offsets[1], block.size()));
  }
  const auto size = ByteSize(dtype, shape);
  if (!size || *size != offsets[1] - begin) {
    return Corrupt(section, fmt::format("shape and data_offsets disagree: {} bytes given", offsets[1] - begin));
  }
  return Tensor{name, dtype, std::move(shape), block.substr(begin, *size)};
}

Result<Metadata> ParseMetadata(const Json* json) {
  if (json == nullptr || !json->is_object()) return Corrupt("header", "__metadata__: expected an object");
  Metadata metadata;
  for (const auto& [key, value] : json->object()) {
    if (!value.is_string()) return Corrupt("header", fmt::format("__metadata__.{}: expected a string", key));
    metadata.emplace(key, value.string());
  }
  return metadata;
}

Result<Container> ParseHeader(std::string_view text, std::string_view block) {
  auto json = Json::Parse(text);
  if (!json) return std::move(json).error().With("header");
  Container container;
  container.block = block;
  VALENCE_TRY(container.metadata, ParseMetadata(json->Find("__metadata__")));
  std::uint64_t begin = 0;
  for (const auto& [name, description] : json->object()) {
    if (name == "__metadata__") continue;
    VALENCE_TRY(Tensor tensor, ParseTensor(name, description, block, begin));
    begin += tensor.bytes.size();
    container.tensors.push_back(std::move(tensor));
  }
  if (begin != block.size()) {
    return Corrupt("tensor block", fmt::format("expected {} bytes, found {}", begin, block.size()));
  }
  return container;
}

// The length of length field and JSON together.
Result<std::size_t> HeaderSize(std::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    return Corrupt("header length", fmt::format("expected 8 bytes, found {}", bytes.size()));
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeaderBytes) {
    return Corrupt("header length", fmt::format("{} bytes, at most {} are allowed", length, kMaxHeaderBytes));
  }
  if (length > bytes.size() - kLengthBytes) {
    return Corrupt("header", fmt::format("expected {} bytes, found {}", length, bytes.size() - kLengthBytes));
  }
  return kLengthBytes + static_cast<std::size_t>(length);
}

}  // namespace

std::string_view DtypeName(Dtype dtype) {
  switch (dtype) {
    case Dtype::kF64:
      return "F64";
    case Dtype::kU64:
      return "U64";
    case Dtype::kU8:
      break;
  }
  return "U8";
}

std::size_t DtypeBytes(Dtype dtype) { return dtype == Dtype::kU8 ? 1 : 8; }

std::string BlockDigest(const std::vector<Tensor>& tensors) {
  Digest digest(Digest::Algorithm::kSha256);
  for (const Tensor& tensor : tensors) digest.Update(tensor.bytes);
  return ToHex(digest.Finish());
}

std::string WriteHeader(Metadata metadata, const std::vector<Tensor>& tensors, const std::string& block_digest) {
  Json fields = Json::MakeObject();
  fields.Set(kHeaderDigest, std::string(kDigestDigits, '0'));
  metadata[std::string(kBlockDigest)] = block_digest;
  for (auto& [key, value] : metadata) fields.Set(key, std::move(value));
  Json json = Json::MakeObject();
  json.Set("__metadata__", std::move(fields));
  std::uint64_t begin = 0;
  for (const Tensor& tensor : tensors) {
    json.Set(tensor.name, DescribeTensor(tensor, begin));
    begin += tensor.bytes.size();
  }
  std::string text = json.Dump();
  text.append((kAlignment - (kLengthBytes + text.size()) % kAlignment) % kAlignment, ' ');
  std::string header = EncodeLength(text.size()) + text;
  header.replace(kLengthBytes + kPrefix.size(), kDigestDigits, HeaderDigest(header));
  return header;
}

Result<Container> Read(std::string_view bytes, ReadOptions options) {
  VALENCE_TRY(const std::size_t header_size, HeaderSize(bytes));
  const std::string_view header = bytes.substr(0, header_size);
  const std::string_view text = header.substr(kLengthBytes);
  const std::string_view block = bytes.substr(header_size);
  if (options.verify_digests) {
    if (!text.starts_with(kPrefix) || text.size() < kPrefix.size() + kDigestDigits) {
      return Corrupt("header", fmt::format("expected to begin with {}", kPrefix));
    }
    if (text.substr(kPrefix.size(), kDigestDigits) != HeaderDigest(header)) {
      return Corrupt("header", "does not have the SHA-256 that it states; the file was changed or damaged");
    }
  }
  return ParseHeader(text, block);
}

Status VerifyBlock(const Container& container) {
  const auto stated = container.metadata.find(std::string(kBlockDigest));
  if (stated != container.metadata.end() && stated->second == Sha256Hex(container.block)) return Ok();
  return Corrupt("tensor block", "does not have the SHA-256 that the header states; the file was changed or damaged");
}

}  // namespace valence::classifier::safetensors
