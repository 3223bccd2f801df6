// SPDX-License-Identifier: Apache-2.0
#include "api_keys.h"

#include <fmt/format.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "bearer.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"
#include "valence/base/numbers.h"
#include "valence/serving/api_key.h"

namespace valence::serving {
namespace {

constexpr std::size_t kMaxName = 64;
constexpr std::size_t kMaxSecret = 256;       // of what a client sends: hashing costs time
constexpr std::uint64_t kMaxFile = 8u << 20;  // 100,000 keys
constexpr double kMaxRate = 1e6;

bool IsKeyName(std::string_view name) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '_' ||
           c == '-';
  };
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), plain);
}

std::string RawSha256(std::string_view bytes) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(bytes);
  return digest.Finish();
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// "" unless `hex` are the digits of 32 bytes.
std::string DigestOf(std::string_view hex) {
  std::string bytes;
  if (hex.size() != 64) return bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = HexDigit(hex[i]), low = HexDigit(hex[i + 1]);
    if (high < 0 || low < 0) return "";
    bytes.push_back(static_cast<char>(high * 16 + low));
  }
  return bytes;
}

/// base64 as RFC 4648 section 5 has it for URLs, without padding.
std::string ToBase64Url(std::string_view bytes) {
  std::string text = ToBase64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  return text;
}

std::string_view CutAt(char separator, std::string_view* rest) {
  const std::size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

}  // namespace

Result<ApiKey> MakeApiKey(std::string_view name, double rate) {
  if (!IsKeyName(name)) {
    return InvalidArgument(fmt::format("key name '{}': expected 1 to 64 letters, digits, '.', '_' and '-'", name));
  }
  if (!(rate >= 0 && rate <= kMaxRate)) return InvalidArgument("rate: expected 0 to 1000000 requests a second");
  std::array<char, 32> random;
  if (::getrandom(random.data(), random.size(), 0) != static_cast<ssize_t>(random.size())) {
    return Unavailable("the system gives no random numbers");
  }
  ApiKey key;
  key.secret = "vk_" + ToBase64Url({random.data(), random.size()});
  key.line = fmt::format("{}:{}", name, Sha256Hex(key.secret));
  if (rate > 0) key.line += fmt::format(":{}", rate);
  return key;
}

Result<std::shared_ptr<const ApiKeys>> ApiKeys::Load(const std::string& file, const ApiKeys* former) {
  VALENCE_TRY(const std::string text, ReadFile(file, kMaxFile));
  const auto keys = std::make_shared<ApiKeys>();
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    std::string_view line = CutAt('\n', &rest);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.empty() || line.starts_with('#')) continue;
    if (const Status added = keys->Add(line, former); !added) {
      return InvalidArgument(fmt::format("{}:{}: {}", file, number, added.error().message));
    }
  }
  return std::shared_ptr<const ApiKeys>(keys);
}

Status ApiKeys::Add(std::string_view line, const ApiKeys* former) {
  KnownKey key;
  key.name = CutAt(':', &line);
  key.digest = DigestOf(CutAt(':', &line));
  if (!IsKeyName(key.name) || key.digest.empty()) {
    return InvalidArgument("expected name:sha256[:requests per second] as 'valence api-key new' prints it");
  }
  if (!line.empty()) {
    const auto rate = ParseDouble(line);
    if (!rate || !(*rate > 0 && *rate <= kMaxRate)) {
      return InvalidArgument(fmt::format("'{}': expected requests per second, above 0 and at most 1000000", key.name));
    }
    key.rate = *rate;
  }
  if (Named(key.name) != nullptr) return InvalidArgument(fmt::format("'{}' is there already", key.name));
  const KnownKey* const before = former == nullptr ? nullptr : former->Named(key.name);
  key.bucket = before == nullptr ? std::make_shared<TokenBucket>() : before->bucket;
  keys_.push_back(std::move(key));
  return Ok();
}

const KnownKey* ApiKeys::Named(std::string_view name) const {
  const auto found = std::find_if(keys_.begin(), keys_.end(), [name](const KnownKey& key) { return key.name == name; });
  return found == keys_.end() ? nullptr : &*found;
}

const KnownKey* ApiKeys::Find(std::string_view secret) const {
  if (secret.empty() || secret.size() > kMaxSecret) return nullptr;
  const std::string digest = RawSha256(secret);
  const KnownKey* found = nullptr;
  for (const KnownKey& key : keys_) {
    if (EqualInConstantTime(key.digest, digest)) found = &key;
  }
  return found;
}

std::string_view SecretOf(const net::HttpRequest& request) {
  auto secret = BearerOf(request.header("Authorization"));
  if (!secret) return request.header("X-Api-Key");
  while (secret->starts_with(' ')) secret->remove_prefix(1);
  return *secret;
}

}  // namespace valence::serving
