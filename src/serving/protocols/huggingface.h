// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include "../router.h"

namespace valence::serving {

/// Hugging Face's text classification. `{"inputs": ...}` at /predict is Text Embeddings Inference's (TEI), and with a
/// member "parameters" the Inference API's, which is also what / takes.
void AddHuggingFaceRoutes(Router* router);

/// Answers a request of /predict that has the member `inputs`.
void PredictTei(Exchange& exchange, simdjson::dom::object members);
/// Answers one of the Inference API: `[[{"label","score"},...],...]`, a list per text.
void PredictHuggingFace(Exchange& exchange, simdjson::dom::object members);

}  // namespace valence::serving
