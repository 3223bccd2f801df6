// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "line_sink.h"
#include "request_identity.h"
#include "valence/serving/guard_options.h"

namespace valence::serving {

/// One answered request.
struct AccessRecord {
  const RequestIdentity& identity;
  std::string_view client = {};  ///< address
  std::string_view key = {};     ///< name of its API key, or ""
  std::string_view method = {};
  std::string_view route = {};  ///< as in metrics: never a path, which may hold anything
  std::string_view model = {};  ///< name, or ""
  std::string_view model_version = {};
  int status = 200;
  std::size_t received_bytes = 0;  ///< of the request's body
  std::size_t sent_bytes = 0;      ///< of the answer's body
  double seconds = 0;              ///< from the whole request's being there to the answer's being ready
  const std::vector<std::string>* texts = nullptr;
};

/// Writes AccessRecords as lines of JSON; docs/serving.md lists the members.
class AccessLog {
 public:
  static Result<std::unique_ptr<AccessLog>> Open(const AccessLogOptions& options, int threads);

  /// At most one call per `thread` at a time.
  void Write(int thread, const AccessRecord& record);
  bool wants_texts() const { return wants_texts_; }
  LineSink& sink() { return *sink_; }

 private:
  AccessLog(std::unique_ptr<LineSink> sink, bool texts, int threads);

  std::unique_ptr<LineSink> sink_;
  const bool wants_texts_;
  std::vector<std::string> lines_;  ///< one a thread
};

}  // namespace valence::serving
