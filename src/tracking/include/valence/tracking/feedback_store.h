// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "valence/base/result.h"

namespace valence::tracking {

/// What a person says of a prediction.
struct Feedback {
  std::string prediction_id;  ///< of the text under the model that predicted
  std::string text;
  std::string label;       ///< the true one
  std::string predicted;   ///< the label that the model gave
  double probability = 0;  ///< of `predicted`
  std::string model;
  std::string model_version;
};

/// A text and the label that people gave it last.
struct LabelledText {
  std::string prediction_id;
  std::string text;
  std::string label;
};

/// Feedback in an SQLite file of its own (docs/formats/feedback.md). Every Add is on the disk when it returns
/// (write-ahead log, synchronous FULL). Other programs may read meanwhile. Not thread-safe.
/// Errors: as SqliteDatabase; kFailedPrecondition if the file holds something else.
class FeedbackStore {
 public:
  /// Makes the file if it is absent.
  static Result<std::unique_ptr<FeedbackStore>> Open(const std::filesystem::path& path);
  /// For reading only; kNotFound if it is absent.
  static Result<std::unique_ptr<FeedbackStore>> OpenToRead(const std::filesystem::path& path);
  FeedbackStore(const FeedbackStore&) = delete;
  FeedbackStore& operator=(const FeedbackStore&) = delete;
  ~FeedbackStore();

  /// Returns the row's number. May take as long as the disk does, and up to 3 s if another program writes.
  Result<std::int64_t> Add(const Feedback& feedback);
  /// Each text once, with the label given last, in the order in which the texts came first.
  Result<std::vector<LabelledText>> Labelled();

 private:
  struct Impl;
  explicit FeedbackStore(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::tracking
