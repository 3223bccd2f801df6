// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rate_limiter.h"
#include "valence/base/result.h"
#include "valence/net/http_server.h"

namespace valence::serving {

/// One client's entry in the file of keys.
struct KnownKey {
  std::string name;
  std::string digest;  ///< SHA-256 of the secret, 32 raw bytes
  double rate = 0;     ///< requests a second; 0: the server's default
  std::shared_ptr<TokenBucket> bucket;
};

/// The keys of one state of the file. Immutable but for the buckets; thread-safe.
class ApiKeys {
 public:
  /// Lines "name:sha256hex[:requests per second]"; empty ones and those that start with '#' say nothing. Buckets of
  /// names that `former` knows go on. Errors: kInvalidArgument naming file and line, never a digest; kNotFound.
  static Result<std::shared_ptr<const ApiKeys>> Load(const std::string& file, const ApiKeys* former = nullptr);

  /// Whose secret this is, or nullptr. Compares with every key in constant time.
  const KnownKey* Find(std::string_view secret) const;
  std::size_t size() const { return keys_.size(); }

 private:
  Status Add(std::string_view line, const ApiKeys* former);
  const KnownKey* Named(std::string_view name) const;

  std::vector<KnownKey> keys_;
};

/// The secret that a request brings as "Authorization: Bearer" or "X-Api-Key", or "".
std::string_view SecretOf(const net::HttpRequest& request);

}  // namespace valence::serving
