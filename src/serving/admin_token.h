// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace valence::serving {

/// A secret that callers must know. Only its digest is kept, so that neither the time a comparison takes nor a dump of
/// this object's memory tells it.
class AdminToken {
 public:
  explicit AdminToken(std::string_view token);

  /// Whether `authorization`, the value of that header, is "Bearer <token>". Takes as long for a wrong token as for the
  /// right one.
  bool Allows(std::string_view authorization) const;

 private:
  std::string digest_;
};

}  // namespace valence::serving
