// SPDX-License-Identifier: Apache-2.0
#include "model_card_file.h"

#include "valence/base/files.h"

namespace valence::app {

std::string ReadModelCard(const std::filesystem::path& model, const std::string& digest) {
  constexpr std::uint64_t kMaxCard = 1u << 20;
  const std::filesystem::path folder = model.parent_path();
  for (const auto& path : {folder / "model_card.md", folder / ".." / "reports" / "model_card.md"}) {
    auto card = ReadFile(path, kMaxCard);
    if (card.has_value() && card->find(digest) != std::string::npos) return std::move(*card);
  }
  return {};
}

}  // namespace valence::app
