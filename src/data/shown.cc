// SPDX-License-Identifier: Apache-2.0
#include "shown.h"

#include "valence/base/utf8.h"

namespace valence::data::internal {

std::string Shown(std::string_view bytes, std::size_t max_bytes) {
  // Truncate wants well-formed text: repair a little more than is shown, then cut.
  const std::string repaired = utf8::Repair(bytes.substr(0, max_bytes + 4));
  return std::string(utf8::Truncate(repaired, max_bytes));
}

}  // namespace valence::data::internal
