// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "../router.h"

namespace valence::serving {

/// Open Inference Protocol v2 over REST, with the extensions for binary tensors, classification, the repository's
/// index, model configuration and statistics.
void AddOipRoutes(Router* router);

/// Its errors: `{"error": text}`. KServe v1's and TensorFlow Serving's are the same.
void WriteOipError(const HttpError& error, net::HttpResponse* response);

/// Answers an inference request whose body is `header_size` bytes of JSON and then tensors; nullopt: JSON alone.
/// Returns the size of the answer's JSON part if tensors follow it there.
std::optional<std::size_t> InferOip(Exchange& exchange, std::optional<std::size_t> header_size);

}  // namespace valence::serving
