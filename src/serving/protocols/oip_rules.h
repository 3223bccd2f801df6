// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "../request_text.h"

/// What an inference request may ask and what its tensor of texts must be, whatever it came in.
namespace valence::serving::oip {

using Fault = std::optional<HttpError>;

/// The tensors of every model.
enum class Output { kLabel, kProbability, kLogit, kAttributions };
std::string_view NameOf(Output output);
std::string_view DatatypeOf(Output output);

struct RequestedOutput {
  Output output = Output::kLabel;
  bool binary = false;
  std::size_t classes = 0;  ///< classification extension: the most probable so many; 0: the tensor itself
};

/// An inference request that was read. The texts are where TextCollector put them.
struct InferRequest {
  std::string_view id;
  bool has_id = false;
  bool column = false;  ///< the shape is [n, 1], so the answer's first dimensions are too
  std::vector<RequestedOutput> outputs;
};

/// How errors call the tensor.
inline constexpr std::string_view kInput = "inputs[0]";

Fault CheckDatatype(std::string_view datatype);
/// Shapes [n] and [n, 1]; anything else is no list of texts.
Fault CheckShape(std::span<const std::int64_t> shape, bool* column, std::uint64_t* elements);
Fault CheckElements(std::uint64_t of_shape, std::uint64_t of_data);
Fault CheckInputCount(std::size_t inputs);
/// MLServer's content types of a text: "str" (as it is) and "base64".
Fault ReadContentType(std::optional<std::string_view> type, bool* base64);
/// Reads the elements of a BYTES tensor: each a length (4 bytes, little-endian) and that many bytes. `offset`: where it
/// begins in what the client sent.
Fault ReadBytesTensor(std::string_view tensor, std::size_t offset, TextCollector* texts, std::uint64_t* count);
/// `classes`: as in RequestedOutput.
Fault AddOutput(std::string_view name, bool binary, std::uint64_t classes, InferRequest* request);
/// Asks for every output but attributions, which are computed only when they are asked for, unless some are asked for.
void CompleteOutputs(bool binary, InferRequest* request);

}  // namespace valence::serving::oip
