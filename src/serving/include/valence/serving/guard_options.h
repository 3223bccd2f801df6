// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace valence::serving {

/// One line of JSON a request. Off unless `file` is set.
struct AccessLogOptions {
  std::string file = {};  ///< "" for none, "-" for stdout; appended to, made with mode 0640
  bool texts = false;     ///< also the texts that were scored: they may be personal data
};

/// What stands between clients and the service.
struct GuardOptions {
  AccessLogOptions access_log = {};
  std::vector<std::string> cors_origins =
      {};                          ///< whose pages may call: "https://app.example.com" or "*"; none by default
  std::string api_keys_file = {};  ///< lines as valence::serving::MakeApiKey makes them; "" asks for no key
  double rate_limit = 0;  ///< requests a second for each key, without keys for each address; 429 above; 0: none
  /// Requests that waited longer for a free thread get 503, once that lasts (OverloadGate). 0: none does.
  std::chrono::milliseconds max_queue_delay{50};
};

}  // namespace valence::serving
