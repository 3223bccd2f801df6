// SPDX-License-Identifier: Apache-2.0
#include "certificate_watch.h"

#include <fmt/format.h>

#include <system_error>

#include "valence/base/log.h"

namespace valence::serving {

CertificateWatch::Stamp CertificateWatch::Times() const {
  std::error_code missing;
  return {std::filesystem::last_write_time(files_.certificate, missing),
          std::filesystem::last_write_time(files_.key, missing)};
}

void CertificateWatch::Reload(net::HttpServer* server) {
  if (files_.certificate.empty()) return;
  const std::lock_guard lock(mutex_);
  ReloadLocked(server);
}

void CertificateWatch::ReloadLocked(net::HttpServer* server) {
  seen_ = Times();
  if (const Status reloaded = server->ReloadCertificates(); !reloaded) {
    // Both files change one after the other; the second change brings the next attempt.
    log::Warning(reloaded.error().message + "; the certificate stays as it was");
  } else {
    log::Info(fmt::format("{}: read anew, for new connections", files_.certificate));
  }
}

void CertificateWatch::ReloadIfChanged(net::HttpServer* server) {
  if (files_.certificate.empty()) return;
  const std::lock_guard lock(mutex_);
  if (Times() != seen_) ReloadLocked(server);
}

}  // namespace valence::serving
