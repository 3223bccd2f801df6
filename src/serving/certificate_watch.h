// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <mutex>

#include "valence/net/http_server.h"

namespace valence::serving {

/// Keeps a server's certificate that of its files. Thread-safe.
class CertificateWatch {
 public:
  explicit CertificateWatch(const net::TlsFiles& files) : files_(files), seen_(Times()) {}

  /// Has the server read the files anew; logs what came of it. Does nothing without TLS.
  void Reload(net::HttpServer* server);
  /// Reload if a file has been written or replaced since. After a failure, at the next change.
  void ReloadIfChanged(net::HttpServer* server);

 private:
  using Time = std::filesystem::file_time_type;
  struct Stamp {
    Time certificate, key;
    bool operator==(const Stamp&) const = default;
  };
  Stamp Times() const;
  void ReloadLocked(net::HttpServer* server);

  const net::TlsFiles files_;
  std::mutex mutex_;
  Stamp seen_;
};

}  // namespace valence::serving
