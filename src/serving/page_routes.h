// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "media_type.h"
#include "router.h"

namespace valence::serving {

/// The page and the files it needs.
void AddPageRoutes(Router* router);

/// Answers the page's form, sent to /predict: the page with its prediction.
void PredictForm(MediaType type, Exchange& exchange);

}  // namespace valence::serving
