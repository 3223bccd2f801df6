// SPDX-License-Identifier: Apache-2.0
#include "credentials.h"

#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "valence/base/files.h"

namespace valence::rpc {
namespace {

constexpr unsigned kLookEverySeconds = 1;
constexpr std::uint64_t kMaxFile = 1u << 20;

}  // namespace

Result<std::shared_ptr<grpc::ServerCredentials>> MakeCredentials(const net::TlsFiles& files) {
  if (files.certificate.empty()) return grpc::InsecureServerCredentials();
  // gRPC says nothing of files that it cannot read. Whether they fit, HTTP's server has found out.
  for (const std::string& file : {files.certificate, files.key}) VALENCE_RETURN_IF_ERROR(ReadFile(file, kMaxFile));
  const auto provider = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      files.key, files.certificate, kLookEverySeconds);
  grpc::experimental::TlsServerCredentialsOptions options(provider);
  options.watch_identity_key_cert_pairs();
  options.set_cert_request_type(GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  return grpc::experimental::TlsServerCredentials(options);
}

}  // namespace valence::rpc
