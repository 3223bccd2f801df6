// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace valence::pipeline {

/// The commit that the current folder's files come from. Empty where there is no git or no repository.
struct SourceControl {
  std::string commit, branch, remote_url;  ///< remote without user and password
  bool dirty = false;                      ///< a tracked file differs from the commit
};

/// Asks git, at most 5 s; never fails.
SourceControl ReadSourceControl();

}  // namespace valence::pipeline
