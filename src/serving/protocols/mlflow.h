// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include "../router.h"

namespace valence::serving {

/// MLflow's scoring protocol (`mlflow models serve`), for a model with the string column "text": answers
/// `{"predictions":[{"label","score","probability_<label>"...},...]}`, the columns of `valence predict`.
/// `members`: one of dataframe_split, dataframe_records, instances and inputs, and perhaps params {"threshold"}.
void PredictMlflow(Exchange& exchange, simdjson::dom::object members);
/// The same for CSV with a header.
void PredictMlflowCsv(Exchange& exchange);

/// `{"error_code","message"}`; 405 `{"detail"}`; 415 plain text. Stack traces, which leak paths, are left out.
void WriteMlflowError(const HttpError& error, net::HttpResponse* response);

}  // namespace valence::serving
