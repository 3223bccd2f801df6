// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "admin_request.h"
#include "admin_token.h"
#include "http_error.h"
#include "valence/net/http_server.h"
#include "valence/serving/model_lifecycle.h"

namespace valence::serving {

/// What the admin listener answers (docs/serving.md): changes of the models, for who knows the token. Each request is
/// one audit line in the log. No sockets. One call at a time; blocks while a model loads.
class AdminService {
 public:
  /// `lifecycle` must outlive it.
  AdminService(ModelLifecycle* lifecycle, std::string_view token) : lifecycle_(lifecycle), token_(token) {}

  void Handle(const net::HttpRequest& request, net::HttpResponse* response);

 private:
  Result<AdminRequest> Read(std::string_view body, std::initializer_list<std::string_view> allowed);
  Result<Json> Load(std::string_view name, std::string_view body);
  Result<Json> Unload(std::string_view name, std::string_view body);
  Result<Json> SetCanary(std::string_view body);
  Result<Json> SetShadow(std::string_view body);
  Result<Json> Serve(ModelSpec spec);
  void Dispatch(const net::HttpRequest& request, net::HttpResponse* response);
  void Answer(Result<Json> result, net::HttpResponse* response);

  ModelLifecycle* const lifecycle_;
  const AdminToken token_;
  std::string field_;  // of the request under way: which member is wrong
};

}  // namespace valence::serving
