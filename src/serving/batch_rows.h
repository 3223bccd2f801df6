// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "predict_request.h"
#include "valence/classifier/classifier.h"

namespace valence::serving {

/// What the rows of an upload are read with.
struct BatchFormat {
  bool json_lines = false;                      ///< else CSV with a header
  std::string text_column = "text";             ///< column or member that holds the text
  const std::vector<std::string>* labels = {};  ///< the model's
  TextLimits limits;
  std::uint64_t row_offset = 0;  ///< of an upload in parts: the rows that came before this one
};

/// Reads an upload as it arrives and writes it back with what the model says. Each row is answered in its place: one
/// that cannot be scored (another number of fields, a text that is too long or not UTF-8, a line that is no JSON
/// object) gets its reason in the column `error` instead. Columns of the upload that are called as ours are written as
/// `input_<name>`. Memory: one row, and that is limited.
class BatchRows {
 public:
  /// Scores one text.
  using Scorer = std::function<const classifier::Prediction&(std::string_view text)>;

  BatchRows() = default;
  BatchRows(const BatchRows&) = delete;
  BatchRows& operator=(const BatchRows&) = delete;
  virtual ~BatchRows() = default;

  /// Appends the answers of the rows that `bytes` completes. Returns why nothing that follows can be understood, if so.
  virtual std::optional<HttpError> Feed(std::string_view bytes, std::string* out) = 0;
  virtual std::optional<HttpError> Finish(std::string* out) = 0;
  /// Appends a last row that says so.
  virtual void AppendError(std::string_view message, std::string* out) = 0;

  static std::unique_ptr<BatchRows> Make(const BatchFormat& format, Scorer score);
};

}  // namespace valence::serving
