// SPDX-License-Identifier: Apache-2.0
#include "multipart_file.h"

#include <algorithm>

namespace valence::serving {
namespace {

constexpr std::size_t kMaxBoundary = 70;  // RFC 2046 5.1.1
constexpr std::size_t kMaxPartHeader = 8u << 10;

}  // namespace

std::string_view MultipartBoundary(std::string_view content_type) {
  constexpr std::string_view kName = "boundary=";
  const std::size_t at = content_type.find(kName);
  if (at == std::string_view::npos) return {};
  std::string_view value = content_type.substr(at + kName.size());
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    value = value.substr(0, value.find('"'));
  } else {
    value = value.substr(0, value.find_first_of("; \t"));
  }
  return value.size() <= kMaxBoundary ? value : std::string_view();
}

MultipartFile::MultipartFile(std::string_view boundary) { delimiter_.append("\r\n--").append(boundary); }

/// Reads the header block at the front of pending_. True if it is a file's.
bool MultipartFile::TakeHeader() {
  constexpr std::string_view kFileName = "filename=\"";
  const std::size_t end = pending_.find("\r\n\r\n");
  const std::string_view header = std::string_view(pending_).substr(0, end);
  const std::size_t at = header.find(kFileName);
  if (at != std::string_view::npos) {
    const std::string_view name = header.substr(at + kFileName.size());
    file_name_ = name.substr(0, name.find('"'));
  }
  pending_.erase(0, end + 4);
  return at != std::string_view::npos;
}

std::optional<HttpError> MultipartFile::Feed(
    std::string_view bytes, const std::function<std::optional<HttpError>(std::string_view)>& on_bytes) {
  if (state_ == State::kDone) return std::nullopt;
  pending_.append(bytes);
  for (;;) {
    switch (state_) {
      case State::kDone:
        return std::nullopt;
      case State::kDelimiter:
        if (pending_.size() < 2) return std::nullopt;
        if (!pending_.starts_with("\r\n")) return HttpError{400, "multipart/form-data: no part holds a file"};
        state_ = State::kHeader;
        break;
      case State::kHeader:
        // The line end after the delimiter is pending_'s first, so that an empty block is found, too.
        if (pending_.find("\r\n\r\n") == std::string::npos) {
          if (pending_.size() < kMaxPartHeader) return std::nullopt;
          return HttpError{400, "multipart/form-data: the header of a part is too long"};
        }
        state_ = TakeHeader() ? State::kFile : State::kSkip;
        break;
      case State::kSkip:
      case State::kFile: {
        const std::size_t end = pending_.find(delimiter_);
        // What may be the beginning of a delimiter waits.
        const std::size_t safe =
            end != std::string::npos ? end : pending_.size() - std::min(pending_.size(), delimiter_.size());
        if (state_ == State::kFile && safe > 0) {
          if (auto fault = on_bytes(std::string_view(pending_).substr(0, safe))) return fault;
        }
        pending_.erase(0, end == std::string::npos ? safe : end + delimiter_.size());
        if (end == std::string::npos) return std::nullopt;
        state_ = state_ == State::kFile ? State::kDone : State::kDelimiter;
        break;
      }
    }
  }
}

std::optional<HttpError> MultipartFile::Finish() const {
  if (state_ == State::kDone) return std::nullopt;
  if (state_ == State::kFile) return HttpError{400, "multipart/form-data: the body ends within the file"};
  return HttpError{400, "multipart/form-data: no part holds a file"};
}

}  // namespace valence::serving
