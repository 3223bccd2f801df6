// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace valence::rpc {

/// What a completion queue gives back.
class Tag {
 public:
  Tag() = default;
  Tag(const Tag&) = delete;
  Tag& operator=(const Tag&) = delete;
  virtual ~Tag() = default;

  /// On the queue's thread. `ok` is false if what was waited for will not happen.
  virtual void Proceed(bool ok) = 0;
};

}  // namespace valence::rpc
