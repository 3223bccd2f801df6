// SPDX-License-Identifier: Apache-2.0
#include "canary.h"

#include <initializer_list>

namespace valence::serving {
namespace {

/// FNV-1a, whose upper bits are too even for short keys, through the finaliser of MurmurHash3. Frozen: two replicas of
/// different releases send a client to the same side.
std::uint64_t Hash(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : bytes) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

}  // namespace

std::uint64_t RequestKey(const net::HttpRequest& request) {
  for (const std::string_view name : {"X-Request-Id", "traceparent"}) {
    const std::string_view id = request.header(name);
    if (!id.empty()) return Hash(id);
  }
  return Hash(request.body);
}

bool IsInShare(std::uint64_t key, double weight) {
  constexpr double kUnit = 1.0 / (std::uint64_t{1} << 53);
  return static_cast<double>(key >> 11) * kUnit < weight;
}

}  // namespace valence::serving
