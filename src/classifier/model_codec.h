// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
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

/// Decodes `bytes` and hands the bundle to `use` while another thread still computes the block's digest. Decoding and
/// `use` must be safe on any bytes; what `use` made is nothing unless this succeeds. Errors: as ParseModel, which a
/// failure of `use` comes after.
Status WhileVerifying(std::string_view bytes, safetensors::ReadOptions options,
                      const std::function<Status(ModelBundle)>& use);

/// ParseModel, with the digests' checks under a test's control.
Result<ModelBundle> DecodeModel(std::string_view bytes, safetensors::ReadOptions options);

}  // namespace valence::classifier
