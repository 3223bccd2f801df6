// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

namespace valence::app {

/// The model card that `evaluate` wrote for the model file `model`: model_card.md beside it, or in reports/ beside its
/// folder. "" if there is none, or one of another model: it must name `digest`.
std::string ReadModelCard(const std::filesystem::path& model, const std::string& digest);

}  // namespace valence::app
