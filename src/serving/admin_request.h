// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include "http_error.h"

namespace valence::serving {

/// The members of an admin request's body, which is an object. Absent ones are empty.
struct AdminRequest {
  std::string model;
  std::string source;
  std::string version;
  std::optional<double> weight;
  bool remove = false;
};

/// Reads `body` ("" is an empty object) into `*out`; members other than `allowed` are errors. Returns what is wrong.
std::optional<HttpError> ReadAdminRequest(std::string_view body, std::initializer_list<std::string_view> allowed,
                                          AdminRequest* out);

}  // namespace valence::serving
