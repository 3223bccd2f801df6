// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "valence/base/result.h"

namespace valence::tracking::internal {

struct Credentials {
  std::string username, password;
};

/// Section [mlflow] of an INI file such as ~/.mlflow/credentials: mlflow_tracking_username, mlflow_tracking_password.
/// An absent file or key gives "". Error: kInvalidArgument for a line that is none of INI's, by number, without its
/// text.
Result<Credentials> ReadCredentials(const std::filesystem::path& file);

}  // namespace valence::tracking::internal
