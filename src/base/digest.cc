// SPDX-License-Identifier: Apache-2.0
#include "valence/base/digest.h"

// SHA256_*() and SHA512_*(), not EVP: the same code of the CPU's SHA instructions, but a static link takes 30 KB of
// OpenSSL instead of 4 MB of providers, and a digest needs no memory from it.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <array>
#include <variant>

#include "valence/base/check.h"

namespace valence {
namespace {

const unsigned char* AsUnsigned(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

// What differs between the two algorithms, as overloads.
int Init(SHA256_CTX* state) { return SHA256_Init(state); }
int Init(SHA512_CTX* state) { return SHA512_Init(state); }
int Add(SHA256_CTX* state, std::string_view bytes) { return SHA256_Update(state, bytes.data(), bytes.size()); }
int Add(SHA512_CTX* state, std::string_view bytes) { return SHA512_Update(state, bytes.data(), bytes.size()); }
int End(SHA256_CTX* state, unsigned char* out) { return SHA256_Final(out, state); }
int End(SHA512_CTX* state, unsigned char* out) { return SHA512_Final(out, state); }
std::size_t Size(const SHA256_CTX&) { return SHA256_DIGEST_LENGTH; }
std::size_t Size(const SHA512_CTX&) { return SHA512_DIGEST_LENGTH; }

}  // namespace

// OpenSSL's digests fail only if their state is broken: not a caller's to handle.
struct Digest::Impl {
  std::variant<SHA256_CTX, SHA512_CTX> state;
};

Digest::Digest(Algorithm algorithm) : impl_(std::make_unique<Impl>()) {
  if (algorithm == Algorithm::kSha512) impl_->state.emplace<SHA512_CTX>();
  const int started = std::visit([](auto& state) { return Init(&state); }, impl_->state);
  VALENCE_CHECK(started == 1, "OpenSSL cannot start a digest");
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::Update(std::string_view bytes) {
  VALENCE_CHECK(impl_ != nullptr, "digest used after Finish() or a move");
  const int added = std::visit([bytes](auto& state) { return Add(&state, bytes); }, impl_->state);
  VALENCE_CHECK(added == 1, "OpenSSL digest failed");
}

std::string Digest::Finish() {
  VALENCE_CHECK(impl_ != nullptr, "digest used after Finish() or a move");
  std::array<unsigned char, SHA512_DIGEST_LENGTH> raw{};
  const std::size_t size = std::visit(
      [&raw](auto& state) {
        VALENCE_CHECK(End(&state, raw.data()) == 1, "OpenSSL digest failed");
        return Size(state);
      },
      impl_->state);
  impl_.reset();
  return {raw.begin(), raw.begin() + static_cast<std::ptrdiff_t>(size)};
}

std::string Sha256Hex(std::string_view bytes) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(bytes);
  return ToHex(digest.Finish());
}

std::string HmacSha256(std::string_view key, std::string_view bytes) {
  constexpr std::size_t kBlockBytes = 64;
  const auto sha256 = [](std::string_view first, std::string_view second) {
    Digest digest(Digest::Algorithm::kSha256);
    digest.Update(first);
    digest.Update(second);
    return digest.Finish();
  };
  std::string block = key.size() > kBlockBytes ? sha256(key, "") : std::string(key);
  block.resize(kBlockBytes, '\0');
  const auto masked = [&block](int mask) {
    std::string out = block;
    for (char& c : out) c = static_cast<char>(c ^ mask);
    return out;
  };
  return sha256(masked(0x5c), sha256(masked(0x36), bytes));
}

std::string ToHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 0xF]);
  }
  return hex;
}

std::string ToBase64(std::string_view bytes) {
  // EVP_EncodeBlock counts in int, so long inputs go in pieces; a multiple of 3 bytes needs no padding in between.
  constexpr std::size_t kPiece = 3 << 16;
  std::string text;
  for (std::size_t begin = 0; begin < bytes.size(); begin += kPiece) {
    const std::string_view piece = bytes.substr(begin, kPiece);
    std::string encoded((piece.size() + 2) / 3 * 4 + 1, '\0');  // OpenSSL adds a NUL
    const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(encoded.data()), AsUnsigned(piece),
                                       static_cast<int>(piece.size()));
    text.append(encoded, 0, static_cast<std::size_t>(length));
  }
  return text;
}

}  // namespace valence
