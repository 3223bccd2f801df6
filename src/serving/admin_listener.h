// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <thread>

#include "admin_service.h"
#include "valence/serving/server.h"

namespace valence::serving {

/// An AdminService on a listener and a thread of its own, as long as it exists.
class AdminListener {
 public:
  /// `lifecycle` must outlive it. Logs where it listens. Errors: as net::HttpServer::Listen; kInvalidArgument without a
  /// token.
  static Result<std::unique_ptr<AdminListener>> Start(const AdminOptions& options, ModelLifecycle* lifecycle);
  AdminListener(const AdminListener&) = delete;
  AdminListener& operator=(const AdminListener&) = delete;
  /// Answers what is under way, then stops.
  ~AdminListener();

 private:
  AdminListener(ModelLifecycle* lifecycle, const std::string& token) : service_(lifecycle, token) {}

  AdminService service_;
  std::unique_ptr<net::HttpServer> server_;
  std::thread thread_;
};

}  // namespace valence::serving
