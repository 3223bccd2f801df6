// SPDX-License-Identifier: Apache-2.0
#include "valence/base/digest.h"

#include <openssl/evp.h>

#include <array>

#include "valence/base/check.h"

namespace valence {
namespace {

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

const unsigned char* AsUnsigned(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

}  // namespace

// OpenSSL's digests fail only if memory runs out or its state is broken: neither is a caller's to handle.
struct Digest::Impl {
  std::unique_ptr<EVP_MD_CTX, FreeContext> context;
};

Digest::Digest(Algorithm algorithm) : impl_(std::make_unique<Impl>()) {
  impl_->context.reset(EVP_MD_CTX_new());
  VALENCE_CHECK(impl_->context != nullptr, "no memory for a digest");
  const EVP_MD* type = algorithm == Algorithm::kSha256 ? EVP_sha256() : EVP_sha512();
  VALENCE_CHECK(EVP_DigestInit_ex(impl_->context.get(), type, nullptr) == 1, "OpenSSL cannot start a digest");
}

Digest::Digest(Digest&&) noexcept = default;
Digest& Digest::operator=(Digest&&) noexcept = default;
Digest::~Digest() = default;

void Digest::Update(std::string_view bytes) {
  VALENCE_CHECK(impl_ != nullptr, "digest used after Finish() or a move");
  VALENCE_CHECK(EVP_DigestUpdate(impl_->context.get(), bytes.data(), bytes.size()) == 1, "OpenSSL digest failed");
}

std::string Digest::Finish() {
  VALENCE_CHECK(impl_ != nullptr, "digest used after Finish() or a move");
  std::array<unsigned char, EVP_MAX_MD_SIZE> raw{};
  unsigned int size = 0;
  VALENCE_CHECK(EVP_DigestFinal_ex(impl_->context.get(), raw.data(), &size) == 1, "OpenSSL digest failed");
  impl_.reset();
  return {raw.begin(), raw.begin() + size};
}

std::string Sha256Hex(std::string_view bytes) {
  Digest digest(Digest::Algorithm::kSha256);
  digest.Update(bytes);
  return ToHex(digest.Finish());
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
