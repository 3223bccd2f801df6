// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <string_view>

#include "oip_rules.h"

namespace valence::serving::oip {

/// Reads the JSON part of a request and the tensor bytes after it (binary tensor extension; `tail_offset`: where they
/// begin in the body). Returns what is wrong, if anything is.
Fault ReadInferRequest(simdjson::dom::object root, std::string_view tail, std::size_t tail_offset, TextCollector* texts,
                       InferRequest* request);

}  // namespace valence::serving::oip
