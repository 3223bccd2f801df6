// SPDX-License-Identifier: Apache-2.0
#include "tls_context.h"

#include <fmt/format.h>
#include <openssl/err.h>

#include <array>
#include <string_view>

namespace valence::net {
namespace {

/// What OpenSSL last complained about, in its words.
std::string TakeReason() {
  const char* const reason = ERR_reason_error_string(ERR_peek_last_error());
  std::string text = reason == nullptr ? "cannot be read" : reason;
  ERR_clear_error();
  return text;
}

Error FileError(const std::string& file, std::string_view wanted) {
  return InvalidArgument(fmt::format("{}: expected {}: {}", file, wanted, TakeReason()));
}

// RFC 7301: the first of ours that the client offers. A client that offers none of them is told so, not left to guess.
int SelectProtocol(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                   unsigned int offered_size, void*) {
  static constexpr std::array<unsigned char, 9> kOurs = {8, 'h', 't', 't', 'p', '/', '1', '.', '1'};
  unsigned char* chosen = nullptr;
  const int found = SSL_select_next_proto(&chosen, out_size, kOurs.data(), kOurs.size(), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<std::shared_ptr<SSL_CTX>> MakeContext(const std::string& certificate_file, const std::string& key_file) {
  ERR_clear_error();
  const std::shared_ptr<SSL_CTX> context(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free);
  if (context == nullptr) return Internal("TLS: " + TakeReason());
  SSL_CTX* const c = context.get();
  SSL_CTX_set_min_proto_version(c, TLS1_2_VERSION);
  SSL_CTX_set_options(c, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                             SSL_OP_PRIORITIZE_CHACHA | SSL_OP_IGNORE_UNEXPECTED_EOF);
  // Sessions are resumed by tickets alone: nothing is kept here for each client, idle connections give up their
  // buffers.
  SSL_CTX_set_session_cache_mode(c, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(c, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_alpn_select_cb(c, &SelectProtocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(c, certificate_file.c_str()) != 1) {
    return FileError(certificate_file, "a certificate chain in PEM");
  }
  if (SSL_CTX_use_PrivateKey_file(c, key_file.c_str(), SSL_FILETYPE_PEM) != 1) {
    return FileError(key_file, fmt::format("the private key of {} in PEM", certificate_file));
  }
  return context;
}

}  // namespace

TlsContext::TlsContext(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)), key_file_(std::move(key_file)) {}

Result<std::unique_ptr<TlsContext>> TlsContext::Load(std::string certificate_file, std::string key_file) {
  auto tls = std::unique_ptr<TlsContext>(new TlsContext(std::move(certificate_file), std::move(key_file)));
  VALENCE_RETURN_IF_ERROR(tls->Reload());
  return tls;
}

Status TlsContext::Reload() {
  VALENCE_TRY(auto context, MakeContext(certificate_file_, key_file_));
  context_ = std::move(context);
  return Ok();
}

SslPointer TlsContext::Accept(int fd) const {
  SslPointer ssl(SSL_new(context_.load().get()));
  if (ssl == nullptr || SSL_set_fd(ssl.get(), fd) != 1) return nullptr;
  SSL_set_accept_state(ssl.get());
  return ssl;
}

}  // namespace valence::net
