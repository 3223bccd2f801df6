// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "valence/base/environment.h"
#include "valence/base/result.h"

namespace valence::tracking::internal {

/// The variables of one environment, typed and checked as MLflow checks them. An empty variable is an unset one. Errors
/// of all: kInvalidArgument, naming variable, value and what is expected.
class Variables {
 public:
  /// `environment` must outlive this.
  explicit Variables(const Environment& environment) : environment_(environment) {}

  std::string Text(const char* name) const { return environment_(name); }
  /// MLflow takes only true, false, 1 and 0, in any case.
  Result<bool> Boolean(const char* name, bool unset) const;
  Result<double> Number(const char* name, double unset, double least, double most) const;
  Result<std::int64_t> Whole(const char* name, std::int64_t unset, std::int64_t least, std::int64_t most) const;
  Result<std::uint64_t> Bytes(const char* name, std::uint64_t unset, std::uint64_t least) const;

 private:
  const Environment& environment_;
};

}  // namespace valence::tracking::internal
