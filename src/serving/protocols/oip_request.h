// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../request_text.h"

namespace valence::serving::oip {

/// The tensors of every model.
enum class Output { kLabel, kProbability, kLogit, kAttributions };
std::string_view NameOf(Output output);
std::string_view DatatypeOf(Output output);
std::optional<Output> FindOutput(std::string_view name);

struct RequestedOutput {
  Output output = Output::kLabel;
  bool binary = false;
  std::size_t classes = 0;  ///< classification extension: the most probable so many; 0: the tensor itself
};

/// An inference request, whatever it came in. The texts are where TextCollector put them.
struct InferRequest {
  std::string_view id;
  bool has_id = false;
  bool column = false;  ///< the shape is [n, 1], so the answer's first dimensions are too
  std::vector<RequestedOutput> outputs;
};

/// Reads the JSON part of a request and the tensor bytes after it (binary tensor extension; `tail_offset`: where they
/// begin in the body). Returns what is wrong, if anything is.
std::optional<HttpError> ReadInferRequest(simdjson::dom::object root, std::string_view tail, std::size_t tail_offset,
                                          TextCollector* texts, InferRequest* request);

/// Reads the elements of a BYTES tensor: each a length (4 bytes, little-endian) and that many bytes.
std::optional<HttpError> ReadBytesTensor(std::string_view tensor, std::size_t offset, TextCollector* texts,
                                         std::size_t* count);

/// Every output but attributions, which are computed only when they are asked for.
std::vector<RequestedOutput> DefaultOutputs(bool binary);

}  // namespace valence::serving::oip
