// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "valence/base/result.h"

namespace valence::registry {

/// The bytes of libvalence.so, which this program carries compressed. Error: kInternal.
Result<std::string> LibraryBytes();

/// valence_loader.py, MLflow's way to libvalence.so.
std::string_view LoaderSource();

}  // namespace valence::registry
