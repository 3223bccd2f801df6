// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "valence/base/result.h"
#include "valence/serving/model_lifecycle.h"

namespace valence::app {

/// "[NAME[@VERSION]=]SOURCE", taken apart. `flag` names it in the error: kInvalidArgument.
Result<serving::ModelSpec> ParseModelSpec(const std::string& flag, const std::string& text);

/// Loads what --model takes (LoadModel). The fingerprint of a file is its inode, size and time; of an alias or `latest`
/// the version that it means now; of what cannot change, its own text; of an URL or S3 object its ETag. Where nobody
/// `follows` it is "": a start asks no server for what it will not use.
serving::ModelLoader MakeModelLoader(bool follows);

}  // namespace valence::app
