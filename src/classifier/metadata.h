// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "safetensors.h"
#include "valence/classifier/model_file.h"

namespace valence::classifier {

/// What of a bundle is not a tensor, as safetensors metadata: structured values as JSON texts.
safetensors::Metadata EncodeMetadata(const ModelBundle& bundle);

/// Sets the fields of *bundle that EncodeMetadata wrote. Errors: kDataCorrupt naming the entry.
Status DecodeMetadata(const safetensors::Metadata& metadata, ModelBundle* bundle);

}  // namespace valence::classifier
