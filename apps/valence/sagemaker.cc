// SPDX-License-Identifier: Apache-2.0
#include "sagemaker.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <string_view>
#include <system_error>

namespace valence::app {
namespace {

constexpr std::uint16_t kPort = 8080;

Result<std::uint16_t> ParsePort(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (code == std::errc() && end == text.data() + text.size()) return port;
  return InvalidArgument(fmt::format("SAGEMAKER_BIND_TO_PORT={}: expected a port", text));
}

}  // namespace

Result<SageMaker> ReadSageMaker() {
  SageMaker found;
  const char* const folder = std::getenv("SM_MODEL_DIR");
  const auto file = std::filesystem::path(folder == nullptr ? "/opt/ml/model" : folder) / "model.safetensors";
  std::error_code ignored;
  if (std::filesystem::exists(file, ignored)) found.model = file;
  if (const char* const port = std::getenv("SAGEMAKER_BIND_TO_PORT"); port != nullptr) {
    VALENCE_TRY(const std::uint16_t bound, ParsePort(port));
    found.port = bound;
  } else if (found.model.has_value()) {
    found.port = kPort;
  }
  return found;
}

}  // namespace valence::app
