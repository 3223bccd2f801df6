// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "valence/base/json.h"
#include "valence/classifier/classifier.h"
#include "valence/registry/model_folder.h"

namespace valence::registry {

/// The text of `MLmodel`. `size_bytes`: of all other files of the folder. Equal arguments give equal bytes.
std::string MlmodelText(const classifier::Classifier& model, const ModelFolderOptions& options,
                        std::uint64_t size_bytes);

/// The example's texts as MLflow keeps a DataFrame: {"columns":["text"],"data":[["..."]]}.
Json SplitFrame(const std::vector<std::string>& texts);

/// `text` as a double-quoted YAML scalar of ASCII characters only, whatever is in it. Requires UTF-8.
std::string YamlQuoted(std::string_view text);

}  // namespace valence::registry
