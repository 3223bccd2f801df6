// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstring>
#include <exception>
#include <new>
#include <string_view>
#include <utility>

#include "valence/base/result.h"
#include "valence/base/utf8.h"
#include "valence/capi/valence.h"

namespace valence::capi {

/// Where a caller wants the sentence that says what went wrong.
struct ErrorBuffer {
  char* bytes = nullptr;
  std::size_t size = 0;

  valence_status Fail(valence_status status, std::string_view message) const {
    if (bytes == nullptr || size == 0) return status;
    const std::string_view text = utf8::Truncate(message, size - 1);
    std::memcpy(bytes, text.data(), text.size());
    bytes[text.size()] = '\0';
    return status;
  }
};

/// The one table from our codes to those of the C interface, for errors of loading.
inline valence_status ToStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kNotFound:
      return VALENCE_NOT_FOUND;
    case ErrorCode::kInvalidArgument:  // of a parameter that stands in the file
    case ErrorCode::kDataCorrupt:
    case ErrorCode::kUnimplemented:
      return VALENCE_BAD_MODEL;
    case ErrorCode::kResourceExhausted:
      return VALENCE_NO_MEMORY;
    case ErrorCode::kUnavailable:
    case ErrorCode::kDeadlineExceeded:
      return VALENCE_UNAVAILABLE;
    case ErrorCode::kConflict:
    case ErrorCode::kFailedPrecondition:
    case ErrorCode::kInternal:
      break;
  }
  return VALENCE_INTERNAL;
}

/// Calls `body` and turns whatever it throws into a status: C callers cannot catch.
template <class Body>
valence_status Guard(const ErrorBuffer& error, Body&& body) noexcept {
  try {
    return std::forward<Body>(body)();
  } catch (const std::bad_alloc&) {
    return error.Fail(VALENCE_NO_MEMORY, "out of memory");
  } catch (const std::exception& exception) {
    return error.Fail(VALENCE_INTERNAL, exception.what());
  } catch (...) {
    return error.Fail(VALENCE_INTERNAL, "unknown exception");
  }
}

}  // namespace valence::capi
