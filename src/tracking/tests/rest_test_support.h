// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdlib.h>

#include <chrono>
#include <string>

#include "support/test_server.h"
#include "valence/tracking/stores.h"

namespace valence::tracking {

/// Options that repeat fast: 3 attempts, pauses of a millisecond.
inline RestOptions FastOptions(const std::string& uri) {
  ::setenv("no_proxy", "127.0.0.1", 1);  // the machine may have a proxy; the test server is not behind it
  RestOptions options;
  options.uri = uri;
  options.http.retry.attempts = 3;
  options.http.retry.first_pause = std::chrono::milliseconds(1);
  options.http.retry.longest_pause = std::chrono::milliseconds(2000);
  return options;
}

/// "POST /api/2.0/mlflow/runs/create" of a request.
inline std::string RequestLine(const std::string& request) { return request.substr(0, request.find(" HTTP/")); }

inline Reply JsonReply(const std::string& body) {
  return MakeKeptReply("200 OK", body, "Content-Type: application/json\r\n");
}

inline Reply ErrorReply(const std::string& status, const std::string& code, const std::string& message) {
  return MakeKeptReply(status, R"({"error_code":")" + code + R"(","message":")" + message + "\"}");
}

inline const std::string kRunReply =
    R"({"run":{"info":{"run_id":"0123456789abcdef0123456789abcdef","experiment_id":"1","status":"RUNNING",)"
    R"("start_time":"1700000000000","artifact_uri":"mlflow-artifacts:/1/0123456789abcdef0123456789abcdef/artifacts"}}})";

}  // namespace valence::tracking
