// SPDX-License-Identifier: Apache-2.0
#include "oip_request.h"

#include <fmt/format.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>

namespace valence::serving::oip {
namespace dom = simdjson::dom;
namespace {

/// The parameters of a request or a tensor, if it has any.
using Parameters = std::optional<dom::object>;

Fault ReadParameters(dom::object owner, std::string_view field, Parameters* parameters) {
  const auto value = FindMember(owner, "parameters");
  if (!value.has_value()) return std::nullopt;
  dom::object read;
  if (value->get(read) != simdjson::SUCCESS) return WrongType(std::string(field), "an object", *value);
  *parameters = read;
  return std::nullopt;
}

template <class T>
Fault ReadParameter(const Parameters& parameters, std::string_view name, std::string_view wanted,
                    std::optional<T>* out) {
  if (!parameters.has_value()) return std::nullopt;
  const auto value = FindMember(*parameters, name);
  if (!value.has_value()) return std::nullopt;
  T read{};
  if (value->get(read) != simdjson::SUCCESS) return WrongType(fmt::format("parameters.{}", name), wanted, *value);
  *out = read;
  return std::nullopt;
}

Fault ReadShape(dom::object input, bool* column, std::uint64_t* elements) {
  const std::string field = fmt::format("{}.shape", kInput);
  const auto value = FindMember(input, "shape");
  if (!value.has_value()) return HttpError{400, fmt::format("'{}' is missing", field), field};
  dom::array dimensions;
  if (value->get(dimensions) != simdjson::SUCCESS) return WrongType(field, "an array of integers", *value);
  std::array<std::int64_t, 3> shape = {};  // one more than there may be
  std::size_t rank = 0;
  for (const dom::element dimension : dimensions) {
    if (rank == shape.size()) break;
    std::uint64_t size = 0;
    if (!GetCount(dimension, &size)) return WrongType(field, "sizes of at least 0", dimension);
    shape[rank++] = static_cast<std::int64_t>(size);
  }
  return CheckShape({shape.data(), rank}, column, elements);
}

Fault ReadDatatype(dom::object input) {
  const std::string field = fmt::format("{}.datatype", kInput);
  const auto value = FindMember(input, "datatype");
  std::string_view datatype;
  if (!value.has_value()) return HttpError{400, fmt::format("'{}' is missing", field), field};
  if (value->get(datatype) != simdjson::SUCCESS) return WrongType(field, "a string", *value);
  return CheckDatatype(datatype);
}

/// The texts of an input given in JSON.
Fault ReadJsonData(dom::object input, bool base64, TextCollector* texts, std::uint64_t* count) {
  const std::string field = fmt::format("{}.data", kInput);
  const auto value = FindMember(input, "data");
  if (!value.has_value()) return HttpError{400, fmt::format("'{}' is missing", field), field};
  dom::array data;
  if (value->get(data) != simdjson::SUCCESS) return WrongType(field, "an array of strings", *value);
  *count = data.size();
  if (!base64) return texts->AddList(data, field);
  for (const dom::element item : data) {
    std::string_view encoded;
    if (item.get(encoded) != simdjson::SUCCESS) return WrongType(field, "an array of strings", item);
    if (auto fault = texts->AddBase64(encoded, field)) return fault;
  }
  return std::nullopt;
}

/// Of the input, else of the request.
Fault ReadContentTypes(const Parameters& request_parameters, const Parameters& input_parameters, bool* base64) {
  std::optional<std::string_view> type;
  if (auto fault = ReadParameter(request_parameters, "content_type", "a string", &type)) return fault;
  if (auto fault = ReadParameter(input_parameters, "content_type", "a string", &type)) return fault;
  return ReadContentType(type, base64);
}

Fault ReadInput(dom::object input, const Parameters& request_parameters, std::string_view tail, std::size_t tail_offset,
                TextCollector* texts, InferRequest* request) {
  Parameters parameters;
  if (auto fault = ReadParameters(input, fmt::format("{}.parameters", kInput), &parameters)) return fault;
  if (const auto name = FindMember(input, "name"); name.has_value() && !name->is_string()) {
    return WrongType(fmt::format("{}.name", kInput), "a string", *name);
  }
  if (auto fault = ReadDatatype(input)) return fault;
  std::uint64_t elements = 0;
  if (auto fault = ReadShape(input, &request->column, &elements)) return fault;
  std::optional<std::uint64_t> binary_size;
  if (auto fault = ReadParameter(parameters, "binary_data_size", "a size in bytes", &binary_size)) return fault;
  bool base64 = false;
  if (auto fault = ReadContentTypes(request_parameters, parameters, &base64)) return fault;
  std::uint64_t count = 0;
  if (!binary_size.has_value()) {
    if (auto fault = ReadJsonData(input, base64, texts, &count)) return fault;
  } else {
    if (*binary_size != tail.size()) {
      return HttpError{
          400,
          fmt::format("'{}': binary_data_size is {}, but {} bytes follow the JSON", kInput, *binary_size, tail.size()),
          std::string(kInput)};
    }
    if (auto fault = ReadBytesTensor(tail, tail_offset, texts, &count)) return fault;
  }
  return CheckElements(elements, count);
}

Fault ReadOutput(dom::element value, bool binary, InferRequest* request) {
  dom::object output;
  if (value.get(output) != simdjson::SUCCESS) return WrongType("outputs", "an array of objects", value);
  const auto name = FindMember(output, "name");
  std::string_view text;
  if (!name.has_value() || name->get(text) != simdjson::SUCCESS) {
    return HttpError{400, "'outputs': each has a 'name', a string", "outputs"};
  }
  Parameters parameters;
  if (auto fault = ReadParameters(output, "outputs.parameters", &parameters)) return fault;
  std::optional<bool> wants_binary;
  std::optional<std::uint64_t> classes;
  if (auto fault = ReadParameter(parameters, "binary_data", "true or false", &wants_binary)) return fault;
  if (auto fault = ReadParameter(parameters, "classification", "a number of classes", &classes)) return fault;
  return AddOutput(text, wants_binary.value_or(binary), classes.value_or(0), request);
}

Fault ReadOutputs(dom::object root, bool binary, InferRequest* request) {
  const auto value = FindMember(root, "outputs");
  if (value.has_value()) {
    dom::array outputs;
    if (value->get(outputs) != simdjson::SUCCESS) return WrongType("outputs", "an array", *value);
    for (const dom::element output : outputs) {
      if (auto fault = ReadOutput(output, binary, request)) return fault;
    }
  }
  CompleteOutputs(binary, request);
  return std::nullopt;
}

}  // namespace

Fault ReadInferRequest(dom::object root, std::string_view tail, std::size_t tail_offset, TextCollector* texts,
                       InferRequest* request) {
  if (const auto id = FindMember(root, "id"); id.has_value()) {
    if (id->get(request->id) != simdjson::SUCCESS) return WrongType("id", "a string", *id);
    request->has_id = true;
  }
  Parameters parameters;
  if (auto fault = ReadParameters(root, "parameters", &parameters)) return fault;
  std::optional<bool> binary;
  if (auto fault = ReadParameter(parameters, "binary_data_output", "true or false", &binary)) return fault;
  const auto value = FindMember(root, "inputs");
  dom::array inputs;
  if (!value.has_value()) return HttpError{400, "'inputs' is missing: expected one tensor of texts", "inputs"};
  if (value->get(inputs) != simdjson::SUCCESS) return WrongType("inputs", "an array", *value);
  dom::object input;
  if (auto fault = CheckInputCount(inputs.size())) return fault;
  const dom::element first = *inputs.begin();
  if (first.get(input) != simdjson::SUCCESS) return WrongType(std::string(kInput), "an object", first);
  if (auto fault = ReadInput(input, parameters, tail, tail_offset, texts, request)) return fault;
  return ReadOutputs(root, binary.value_or(false), request);
}

}  // namespace valence::serving::oip
