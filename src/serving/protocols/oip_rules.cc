// SPDX-License-Identifier: Apache-2.0
#include "oip_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace valence::serving::oip {
namespace {

constexpr std::array<std::string_view, 13> kDatatypes = {
    "BOOL", "UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64", "FP16", "FP32", "FP64", "BYTES"};
constexpr std::array<std::string_view, 4> kNames = {"label", "probability", "logit", "attributions"};

std::optional<Output> FindOutput(std::string_view name) {
  const auto* const found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<Output>(found - kNames.begin());
}

}  // namespace

std::string_view NameOf(Output output) { return kNames[static_cast<std::size_t>(output)]; }

std::string_view DatatypeOf(Output output) {
  return output == Output::kLabel || output == Output::kAttributions ? "BYTES" : "FP64";
}

Fault CheckDatatype(std::string_view datatype) {
  if (datatype == "BYTES") return std::nullopt;
  const std::string field = fmt::format("{}.datatype", kInput);
  const bool known = std::find(kDatatypes.begin(), kDatatypes.end(), datatype) != kDatatypes.end();
  return HttpError{400,
                   fmt::format("'{}': {} '{}', this model takes BYTES", field,
                               known ? "the input is of datatype" : "unknown datatype", datatype),
                   field};
}

Fault CheckShape(std::span<const std::int64_t> shape, bool* column, std::uint64_t* elements) {
  const std::string field = fmt::format("{}.shape", kInput);
  for (const std::int64_t size : shape) {
    if (size < 0)
      return HttpError{400, fmt::format("'{}': expected sizes of at least 0, found {}", field, size), field};
  }
  const bool fits = shape.size() == 1 || (shape.size() == 2 && shape[1] == 1);
  if (!fits) return HttpError{400, fmt::format("'{}': expected [n] or [n, 1]", field), field};
  *column = shape.size() == 2;
  *elements = static_cast<std::uint64_t>(shape[0]);
  return std::nullopt;
}

Fault CheckElements(std::uint64_t of_shape, std::uint64_t of_data) {
  if (of_shape == of_data) return std::nullopt;
  return HttpError{400, fmt::format("'{}': the shape has {} elements, the data {}", kInput, of_shape, of_data),
                   std::string(kInput)};
}

Fault CheckInputCount(std::size_t inputs) {
  if (inputs == 1) return std::nullopt;
  return HttpError{400, fmt::format("'inputs': expected one tensor of texts, found {}", inputs), "inputs"};
}

Fault ReadContentType(std::optional<std::string_view> type, bool* base64) {
  *base64 = type == "base64";
  if (!type.has_value() || type == "str" || type == "base64") return std::nullopt;
  return HttpError{400, fmt::format("parameters.content_type: expected str or base64, found '{}'", *type),
                   "content_type"};
}

Fault ReadBytesTensor(std::string_view tensor, std::size_t offset, TextCollector* texts, std::uint64_t* count) {
  constexpr std::size_t kLength = sizeof(std::uint32_t);
  for (std::size_t at = 0; at < tensor.size(); ++*count) {
    std::uint32_t size = 0;
    const std::size_t left = tensor.size() - at;
    if (left >= kLength) std::memcpy(&size, tensor.data() + at, kLength);
    if (left < kLength || left - kLength < size) {
      return HttpError{400, fmt::format("'{}': an element at byte {} goes beyond the tensor", kInput, offset + at),
                       std::string(kInput), offset + at};
    }
    at += kLength;
    if (auto fault = texts->AddBytes(tensor.substr(at, size), kInput, offset + at)) return fault;
    at += size;
  }
  return std::nullopt;
}

Fault AddOutput(std::string_view name, bool binary, std::uint64_t classes, InferRequest* request) {
  const auto found = FindOutput(name);
  if (!found.has_value()) {
    return HttpError{400,
                     fmt::format("'outputs': the model has no output '{}': expected {}", name, fmt::join(kNames, ", ")),
                     "outputs"};
  }
  const bool has_classes = *found == Output::kProbability || *found == Output::kLogit;
  if (classes > 0 && !has_classes) {
    return HttpError{400, fmt::format("'outputs': '{}' has no classes to rank", name), "outputs"};
  }
  const auto is_same = [&found](const RequestedOutput& output) { return output.output == *found; };
  if (std::any_of(request->outputs.begin(), request->outputs.end(), is_same)) {
    return HttpError{400, fmt::format("'outputs': '{}' is asked for twice", name), "outputs"};
  }
  request->outputs.push_back({*found, binary, static_cast<std::size_t>(classes)});
  return std::nullopt;
}

void CompleteOutputs(bool binary, InferRequest* request) {
  if (!request->outputs.empty()) return;
  request->outputs = {{Output::kLabel, binary}, {Output::kProbability, binary}, {Output::kLogit, binary}};
}

}  // namespace valence::serving::oip
