// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http_error.h"

namespace valence::serving {

/// What a client asks of /predict. The texts are well-formed UTF-8 without U+0000.
struct PredictRequest {
  std::vector<std::string_view> texts;
  bool batch = false;                ///< `texts`, not `text`: answer with a list
  bool explain = false;              ///< with attributions
  std::size_t max_attributions = 0;  ///< the weightiest so many; 0: all
};

/// Reads `{"text": ...}` or `{"texts": [...]}`, optionally with `"explain": true` or a number of attributions. Strict:
/// any other member, a repeated one or another type is an error. Reused for a thread's requests; not thread-safe.
class JsonRequestReader {
 public:
  explicit JsonRequestReader(std::size_t max_texts);
  ~JsonRequestReader();

  /// Fills `request`, whose texts are valid until the next call. Returns what is wrong, if anything is.
  std::optional<HttpError> Read(std::string_view body, PredictRequest* request);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Reads the field `text` of an HTML form (application/x-www-form-urlencoded) into `*text`.
std::optional<HttpError> ReadUrlEncodedText(std::string_view body, std::string* text);
/// The same of multipart/form-data. `content_type`: the header, with its boundary.
std::optional<HttpError> ReadMultipartText(std::string_view body, std::string_view content_type, std::string* text);

/// Whether a model may see `text`: well-formed UTF-8, no U+0000.
std::optional<HttpError> CheckText(std::string_view text, std::string_view field);

}  // namespace valence::serving
