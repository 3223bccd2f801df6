// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"

/// The Open Inference Protocol v2 without its transport, for those that bring messages of their own (gRPC: src/rpc).
namespace valence::serving::oip {

/// A tensor of texts as it came in: either `raw` or `elements`.
struct InputTensor {
  std::string_view datatype;
  std::vector<std::int64_t> shape;
  /// Its elements one after the other, each behind its length (4 bytes, little-endian).
  std::optional<std::string_view> raw = {};
  std::vector<std::string_view> elements = {};
  std::string_view elements_field = {};               ///< names them in errors
  std::optional<std::string_view> content_type = {};  ///< MLServer's: of the tensor, else of the request
};

/// An output that is asked for by name.
struct WantedOutput {
  std::string_view name;
  std::int64_t classes = 0;  ///< classification extension: the most probable so many; 0: the tensor itself
};

/// What a call asks. Views are the transport's.
struct Query {
  std::string_view model = {};    ///< "" for the default one
  std::string_view version = {};  ///< "" for the champion
  // Of inference alone:
  std::string_view id = {};
  std::vector<InputTensor> inputs = {};
  std::vector<WantedOutput> outputs = {};  ///< none: all but attributions
};

/// A tensor of an answer.
struct OutputTensor {
  std::string_view name;
  std::string_view datatype;              ///< "FP64" or "BYTES"
  std::vector<std::int64_t> shape;        ///< whose product is the number of elements
  std::span<const double> numbers = {};   ///< of FP64
  std::vector<std::string> strings = {};  ///< of BYTES
};
/// Appends the tensor's elements as InputTensor::raw has them, numbers as they lie in memory. Returns how many bytes.
std::size_t AppendRaw(const OutputTensor& tensor, std::string* out);

/// The answer to inference.
struct Answer {
  std::string_view model;
  std::string_view version;
  std::string_view id;  ///< the query's
  std::span<const OutputTensor> outputs;
};

/// One call, whose request's and answer's messages only its transport knows. Used on one thread.
class Call {
 public:
  Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;
  virtual ~Call() = default;

  /// Reads the request. Error: kInvalidArgument, for the client to read.
  virtual Status Read(Query* query) = 0;
  /// Writes the answer to inference into `*body`. (Those to other calls are left as REST's JSON.)
  virtual void Write(const Answer& answer, std::string* body) = 0;
};

}  // namespace valence::serving::oip
