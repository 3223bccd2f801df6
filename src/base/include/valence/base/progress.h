// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

namespace valence {

/// Where long work tells how far it is. Libraries never print; apps/valence draws. Methods may be called from any
/// thread and must be cheap. The default does nothing, so `Progress::None()` is always a valid argument.
class Progress {
 public:
  virtual ~Progress() = default;
  /// A new activity begins; total 0 means unknown. `unit` such as "documents", "bytes", "iterations".
  virtual void Start(std::string_view /*activity*/, std::uint64_t /*total*/, std::string_view /*unit*/) {}
  virtual void Advance(std::uint64_t /*amount*/) {}
  virtual void Done() {}

  static Progress& None() {
    static Progress none;
    return none;
  }
};

}  // namespace valence
