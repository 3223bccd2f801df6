// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "safetensors.h"
#include "valence/classifier/model_file.h"

namespace valence::classifier {

/// SHA-256 (hex) of the tensor block that SaveModel would write for `bundle`.
std::string TensorDigest(const ModelBundle& bundle);

/// The bytes SaveModel writes.
std::string SerializeModel(const ModelBundle& bundle);

/// ParseModel, with the digests' checks under a test's control.
Result<ModelBundle> DecodeModel(std::string_view bytes, safetensors::ReadOptions options);

}  // namespace valence::classifier
