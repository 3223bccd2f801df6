// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http_error.h"

namespace valence::serving {

/// What one request may ask for.
struct TextLimits {
  std::size_t max_texts = 1000;
  std::size_t max_text_bytes = 1u << 20;
};

/// How a client calls one of its texts: a string, an integer, or nothing.
struct DocumentId {
  enum class Kind { kNone, kString, kInteger };
  Kind kind = Kind::kNone;
  std::string_view text;
  std::int64_t integer = 0;
};

/// What a client asks of /predict and /v1/predict. The texts are well-formed UTF-8 without U+0000.
struct PredictRequest {
  std::vector<std::string_view> texts;
  std::vector<DocumentId> ids;      ///< one per text
  bool batch = false;               ///< `texts`, not `text`: answer with a list
  std::size_t attributions = 0;     ///< the weightiest so many; 0: none
  std::optional<double> threshold;  ///< the second label's probability must reach it
  std::string_view model;           ///< "" for the default
  std::string version;              ///< likewise

  void Clear();
};

/// Reads `{"text": ...}` or `{"texts": [...]}` with the options `id`, `explain`, `threshold`, `model`, `version`
/// (docs/http-api.md). Strict: any other member, a repeated one or another type is an error. `request` views `root`.
/// Returns what is wrong, if anything is.
std::optional<HttpError> ReadPredictRequest(simdjson::dom::element root, const TextLimits& limits,
                                            PredictRequest* request);

/// Reads the field `text` of an HTML form (application/x-www-form-urlencoded) into `*text`.
std::optional<HttpError> ReadUrlEncodedText(std::string_view body, const TextLimits& limits, std::string* text);
/// The same of multipart/form-data. `content_type`: the header, with its boundary.
std::optional<HttpError> ReadMultipartText(std::string_view body, std::string_view content_type,
                                           const TextLimits& limits, std::string* text);

/// Whether a model may see `text`, which is well-formed UTF-8: no U+0000, not over its limit.
std::optional<HttpError> CheckText(std::string_view text, std::string_view field, const TextLimits& limits);
/// 413 for more than `limits.max_texts` texts.
std::optional<HttpError> CheckCount(std::size_t texts, std::string_view field, const TextLimits& limits);

}  // namespace valence::serving
