// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "http_error.h"

namespace valence::serving {

/// The boundary parameter of a multipart Content-Type, or "" if there is none of 1 to 70 characters.
std::string_view MultipartBoundary(std::string_view content_type);

/// Takes the first part that has a file name out of a multipart/form-data body that arrives in pieces (RFC 7578).
/// Memory: one piece and the header of one part.
class MultipartFile {
 public:
  explicit MultipartFile(std::string_view boundary);

  /// Calls `on_bytes` with what `bytes` adds to the file; it returns what is wrong, if anything is. After the file
  /// everything is skipped.
  std::optional<HttpError> Feed(std::string_view bytes,
                                const std::function<std::optional<HttpError>(std::string_view)>& on_bytes);
  /// What is missing, if the body ends here.
  std::optional<HttpError> Finish() const;
  /// The file's name; known from the first call of `on_bytes` on.
  const std::string& file_name() const { return file_name_; }

 private:
  enum class State { kSkip, kDelimiter, kHeader, kFile, kDone };
  bool TakeHeader();

  std::string delimiter_;
  std::string pending_ = "\r\n";  // a body may begin with its first delimiter, which follows a line end elsewhere
  std::string file_name_;
  State state_ = State::kSkip;
};

}  // namespace valence::serving
