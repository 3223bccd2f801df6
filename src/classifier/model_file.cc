// SPDX-License-Identifier: Apache-2.0
#include "valence/classifier/model_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <future>
#include <limits>
#include <memory>
#include <span>

#include "big_array.h"
#include "metadata.h"
#include "model_codec.h"
#include "valence/base/files.h"
#include "valence/base/utf8.h"
#include "valence/linalg/parallel.h"

namespace valence::classifier {
namespace {

using safetensors::Dtype;
using safetensors::Tensor;

Error Corrupt(std::string_view tensor, std::string_view what) {
  return DataCorrupt(fmt::format("tensor {}: {}", tensor, what));
}

template <class T>
std::string_view AsBytes(std::span<const T> values) {
  return {reinterpret_cast<const char*>(values.data()), values.size_bytes()};
}
template <class T>
std::string_view AsBytes(const std::vector<T>& values) {
  return AsBytes(std::span(values));
}

template <class T>
std::vector<T> FromBytes(std::string_view bytes) {
  std::vector<T> values(bytes.size() / sizeof(T));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

// A loaded vocabulary's memory.
struct Terms {
  BigArray<char> bytes;
  BigArray<std::uint64_t> offsets;

  Terms(const Tensor& bytes_tensor, const Tensor& offsets_tensor)
      : bytes(bytes_tensor.bytes.size()), offsets(offsets_tensor.bytes.size() / sizeof(std::uint64_t)) {
    if (bytes.size() > 0) std::memcpy(bytes.data(), bytes_tensor.bytes.data(), bytes.size());
    if (offsets.size() > 0) std::memcpy(offsets.data(), offsets_tensor.bytes.data(), offsets_tensor.bytes.size());
  }
  std::string_view Bytes() const { return {bytes.data(), bytes.size()}; }
  std::span<const std::uint64_t> Offsets() const { return {offsets.data(), offsets.size()}; }
};

// Keeps what a hostile file can make us allocate in proportion to its size: a text costs more in memory than in the
// file.
constexpr std::size_t kMaxGoldenTexts = 4096;

// Golden texts as the tensors hold them.
struct GoldenColumns {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  std::vector<double> scores;

  explicit GoldenColumns(const std::vector<GoldenText>& texts) {
    for (const GoldenText& golden : texts) {
      bytes += golden.text;
      offsets.push_back(bytes.size());
      scores.insert(scores.end(), golden.scores.begin(), golden.scores.end());
    }
  }
};

// Eight-byte elements first, so that each tensor is aligned in a memory map. The order is part of the format.
std::vector<Tensor> MakeTensors(const ModelBundle& bundle, const GoldenColumns& golden) {
  const auto& vocabulary = bundle.vectorizer.vocabulary;
  const auto& weighting = bundle.vectorizer.weighting;
  const auto rows = static_cast<std::uint64_t>(bundle.linear.rows());
  const auto features = static_cast<std::uint64_t>(bundle.linear.features);
  return {{"intercepts", Dtype::kF64, {rows}, AsBytes(bundle.linear.intercepts)},
          {"weights", Dtype::kF64, {rows, features}, AsBytes(bundle.linear.weights)},
          {"weighting", Dtype::kF64, {weighting.size()}, AsBytes(weighting)},
          {"golden.scores", Dtype::kF64, {golden.offsets.size() - 1, rows}, AsBytes(golden.scores)},
          {"vocabulary.offsets", Dtype::kU64, {vocabulary.offsets().size()}, AsBytes(vocabulary.offsets())},
          {"golden.offsets", Dtype::kU64, {golden.offsets.size()}, AsBytes(golden.offsets)},
          {"vocabulary.bytes", Dtype::kU8, {vocabulary.bytes().size()}, vocabulary.bytes()},
          {"golden.bytes", Dtype::kU8, {golden.bytes.size()}, golden.bytes}};
}

// The tensors of a file, known to have the names, types and ranks of MakeTensors.
Status CheckSchema(const std::vector<Tensor>& tensors) {
  const ModelBundle empty;
  const std::vector<Tensor> expected = MakeTensors(empty, GoldenColumns({}));
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const Tensor& want = expected[i];
    if (i >= tensors.size() || tensors[i].name != want.name) {
      return Corrupt(want.name, fmt::format("missing as tensor number {}", i + 1));
    }
    if (tensors[i].dtype != want.dtype || tensors[i].shape.size() != want.shape.size()) {
      return Corrupt(want.name,
                     fmt::format("expected {} with {} dimension(s)", DtypeName(want.dtype), want.shape.size()));
    }
  }
  if (tensors.size() > expected.size()) return Corrupt(tensors[expected.size()].name, "unknown");
  return Ok();
}

Status ExpectExtent(const Tensor& tensor, std::size_t dimension, std::uint64_t expected, std::string_view why) {
  if (tensor.shape[dimension] == expected) return Ok();
  return Corrupt(tensor.name, fmt::format("expected {} {}, found {}", expected, why, tensor.shape[dimension]));
}

Result<std::vector<double>> FiniteValues(const Tensor& tensor) {
  std::vector<double> values = FromBytes<double>(tensor.bytes);
  const auto is_infinite = [](double value) { return !std::isfinite(value); };
  if (std::ranges::count_if(values, is_infinite) > 0) {  // counting needs no branches
    const auto i = std::ranges::find_if(values, is_infinite) - values.begin();
    return Corrupt(tensor.name, fmt::format("value {} is not finite", i));
  }
  return values;
}

// Offsets that cut `bytes` into UTF-8 texts: from 0, not descending, to the end, never inside a code point.
Status CheckOffsets(const std::string& name, std::span<const std::uint64_t> offsets, const Tensor& bytes) {
  if (offsets.empty() || offsets.front() != 0 || offsets.back() != bytes.bytes.size()) {
    return Corrupt(name, fmt::format("expected to run from 0 to {}", bytes.bytes.size()));
  }
  if (const auto invalid = utf8::FindInvalid(bytes.bytes)) {
    return Corrupt(bytes.name, fmt::format("byte {} is not well-formed UTF-8", *invalid));
  }
  for (std::size_t i = 1; i < offsets.size(); ++i) {
    if (offsets[i] < offsets[i - 1]) return Corrupt(name, fmt::format("entry {} descends", i));
    if (offsets[i] >= bytes.bytes.size()) continue;
    if ((static_cast<unsigned char>(bytes.bytes[offsets[i]]) & 0xC0) == 0x80) {
      return Corrupt(name, fmt::format("entry {} cuts a code point", i));
    }
  }
  return Ok();
}

Status DecodeLinear(const Tensor& intercepts, const Tensor& weights, ModelBundle* bundle) {
  const std::size_t classes = bundle->labels.size();
  if (classes < 2) return DataCorrupt(fmt::format("metadata labels: expected two or more, found {}", classes));
  model::LinearModel& linear = bundle->linear;
  linear.classes = static_cast<std::int64_t>(classes);
  const auto rows = static_cast<std::uint64_t>(linear.rows());
  VALENCE_RETURN_IF_ERROR(ExpectExtent(intercepts, 0, rows, "row(s)"));
  VALENCE_RETURN_IF_ERROR(ExpectExtent(weights, 0, rows, "row(s)"));
  // An empty tensor may state any other extent, so the extent is checked against the vocabulary before it is used.
  linear.features = static_cast<std::int64_t>(weights.bytes.size() / sizeof(double) / rows);
  VALENCE_RETURN_IF_ERROR(ExpectExtent(weights, 1, static_cast<std::uint64_t>(linear.features), "column(s)"));
  if (linear.features > std::numeric_limits<std::int32_t>::max())
    return Corrupt(weights.name, "more than 2^31 - 1 columns");
  VALENCE_TRY(linear.intercepts, FiniteValues(intercepts));
  VALENCE_TRY(linear.weights, FiniteValues(weights));
  return Ok();
}

Status DecodeVectorizer(const Tensor& weighting, const Tensor& offsets, const Tensor& bytes, ModelBundle* bundle) {
  features::FittedVectorizer& fitted = bundle->vectorizer;
  const bool hashing = fitted.config.vectorizer == "hashing";
  const bool weighted =
      fitted.config.vectorizer == "nb" || (fitted.config.vectorizer == "tfidf" && fitted.config.use_idf);
  const auto columns = static_cast<std::uint64_t>(bundle->linear.features);
  if (hashing && static_cast<std::uint64_t>(fitted.config.n_features) != columns) {
    return Corrupt("weights",
                   fmt::format("expected n_features = {} columns, found {}", fitted.config.n_features, columns));
  }
  VALENCE_RETURN_IF_ERROR(ExpectExtent(offsets, 0, hashing ? 1 : columns + 1, "entries"));
  VALENCE_RETURN_IF_ERROR(ExpectExtent(weighting, 0, weighted ? columns : 0, "factors"));
  VALENCE_TRY(fitted.weighting, FiniteValues(weighting));
  const auto terms = std::make_shared<const Terms>(bytes, offsets);
  VALENCE_RETURN_IF_ERROR(CheckOffsets(offsets.name, terms->Offsets(), bytes));
  auto vocabulary = features::Vocabulary::Share(terms, terms->Bytes(), terms->Offsets());
  if (!vocabulary) return Corrupt("vocabulary.bytes", vocabulary.error().message);
  fitted.vocabulary = *std::move(vocabulary);
  return Ok();
}

Status DecodeGolden(const Tensor& scores, const Tensor& offsets, const Tensor& bytes, ModelBundle* bundle) {
  const auto cuts = FromBytes<std::uint64_t>(offsets.bytes);
  VALENCE_RETURN_IF_ERROR(CheckOffsets(offsets.name, cuts, bytes));
  const std::size_t texts = cuts.size() - 1;
  if (texts > kMaxGoldenTexts)
    return Corrupt(offsets.name, fmt::format("{} texts, at most {} are allowed", texts, kMaxGoldenTexts));
  const auto rows = static_cast<std::size_t>(bundle->linear.rows());
  VALENCE_RETURN_IF_ERROR(ExpectExtent(scores, 0, texts, "texts"));
  VALENCE_RETURN_IF_ERROR(ExpectExtent(scores, 1, rows, "row(s)"));
  VALENCE_TRY(const auto values, FiniteValues(scores));
  const std::span all(values);
  for (std::size_t i = 0; i < texts; ++i) {
    const auto row = all.subspan(i * rows, rows);
    const std::string_view text = bytes.bytes.substr(cuts[i], cuts[i + 1] - cuts[i]);
    bundle->golden_texts.push_back({std::string(text), {row.begin(), row.end()}});
  }
  return Ok();
}

Result<ModelBundle> DecodeContainer(const safetensors::Container& container) {
  const std::vector<Tensor>& tensors = container.tensors;
  ModelBundle bundle;
  VALENCE_RETURN_IF_ERROR(DecodeMetadata(container.metadata, &bundle));
  VALENCE_RETURN_IF_ERROR(CheckSchema(tensors));
  VALENCE_RETURN_IF_ERROR(DecodeLinear(tensors[0], tensors[1], &bundle));
  VALENCE_RETURN_IF_ERROR(DecodeVectorizer(tensors[2], tensors[4], tensors[6], &bundle));
  VALENCE_RETURN_IF_ERROR(DecodeGolden(tensors[3], tensors[5], tensors[7], &bundle));
  const auto digest = container.metadata.find(std::string(safetensors::kBlockDigest));
  if (digest != container.metadata.end()) bundle.digest = digest->second;
  return bundle;
}

}  // namespace

std::string TensorDigest(const ModelBundle& bundle) {
  const GoldenColumns golden(bundle.golden_texts);
  return safetensors::BlockDigest(MakeTensors(bundle, golden));
}

std::string SerializeModel(const ModelBundle& bundle) {
  const GoldenColumns golden(bundle.golden_texts);
  const std::vector<Tensor> tensors = MakeTensors(bundle, golden);
  std::string bytes = WriteHeader(EncodeMetadata(bundle), tensors, BlockDigest(tensors));
  for (const Tensor& tensor : tensors) bytes += tensor.bytes;
  return bytes;
}

Status WhileVerifying(std::string_view bytes, safetensors::ReadOptions options,
                      const std::function<Status(ModelBundle)>& use) {
  VALENCE_TRY(const safetensors::Container container, safetensors::Read(bytes, options));
  // On a thread of its own if there may be one; else at get().
  const auto policy = linalg::Threads() > 1 ? std::launch::async | std::launch::deferred : std::launch::deferred;
  std::future<Status> verified =
      std::async(policy, [&] { return options.verify_digests ? VerifyBlock(container) : Ok(); });
  auto bundle = DecodeContainer(container);
  const Status used = bundle ? use(*std::move(bundle)) : Status(std::move(bundle).error());
  VALENCE_RETURN_IF_ERROR(verified.get());
  return used;
}

Result<ModelBundle> DecodeModel(std::string_view bytes, safetensors::ReadOptions options) {
  ModelBundle decoded;
  VALENCE_RETURN_IF_ERROR(WhileVerifying(bytes, options, [&](ModelBundle bundle) {
    decoded = std::move(bundle);
    return Ok();
  }));
  return decoded;
}

Result<std::string> SaveModel(const std::filesystem::path& path, const ModelBundle& bundle) {
  const GoldenColumns golden(bundle.golden_texts);
  const std::vector<Tensor> tensors = MakeTensors(bundle, golden);
  std::string digest = BlockDigest(tensors);
  const std::string header = WriteHeader(EncodeMetadata(bundle), tensors, digest);
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  VALENCE_RETURN_IF_ERROR(file.Append(header));
  for (const Tensor& tensor : tensors) VALENCE_RETURN_IF_ERROR(file.Append(tensor.bytes));
  VALENCE_RETURN_IF_ERROR(file.Commit());
  return digest;
}

Result<ModelBundle> LoadModel(const std::filesystem::path& path) {
  VALENCE_TRY(const MappedFile file, MappedFile::Open(path));
  return ParseModel(file.bytes(), path.string());
}

Result<ModelBundle> ParseModel(std::string_view bytes, std::string_view name) {
  auto bundle = DecodeModel(bytes, {});
  if (!bundle) return std::move(bundle).error().With(name);
  return bundle;
}

Json ToJson(const model::Certificate& certificate) {
  Json json = Json::MakeObject();
  json.Set("objective", certificate.objective);
  json.Set("duality_gap", certificate.duality_gap);
  json.Set("relative_gap", certificate.relative_gap);
  json.Set("gradient_max", certificate.gradient_max);
  json.Set("iterations", certificate.iterations);
  json.Set("hessian_products", certificate.hessian_products);
  json.Set("converged", certificate.converged);
  json.Set("loss_by_iteration", Json::ArrayOf(certificate.loss_by_iteration));
  return json;
}

}  // namespace valence::classifier
