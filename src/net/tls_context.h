// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <openssl/ssl.h>

#include <atomic>
#include <memory>
#include <string>

#include "valence/base/result.h"

namespace valence::net {

struct SslDeleter {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using SslPointer = std::unique_ptr<SSL, SslDeleter>;

/// The server's side of TLS (OpenSSL): TLS 1.2 and later, its default ciphers without renegotiation and compression,
/// ALPN "http/1.1" only. Thread-safe.
class TlsContext {
 public:
  /// Reads a certificate chain (server's first) and its key, both PEM. Errors: kInvalidArgument naming the file and
  /// what OpenSSL says is wrong with it.
  static Result<std::unique_ptr<TlsContext>> Load(std::string certificate_file, std::string key_file);

  /// Reads both files anew, for connections that begin from now on; on an error nothing changes.
  Status Reload();
  /// A session for a connected, non-blocking socket. nullptr if memory is short.
  SslPointer Accept(int fd) const;

 private:
  TlsContext(std::string certificate_file, std::string key_file);

  const std::string certificate_file_;
  const std::string key_file_;
  std::atomic<std::shared_ptr<SSL_CTX>> context_;
};

}  // namespace valence::net
